"""`lacss doctor`: what is wrong with this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.output import JSON_OPTION, emit, table

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `doctor`."""
    app.command("doctor")(_doctor)


def _doctor(
    hours: Annotated[
        bool, typer.Option("--hours", help="Compare hourly figures with their readings too.")
    ] = False,
    days: Annotated[
        float, typer.Option(help="How far back from the newest reading; inf: all.", min=0.0)
    ] = 31.0,
    mend: Annotated[
        bool, typer.Option("--mend", help="With --hours: compute the wrong ones anew.")
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Look at Python, packages, data, home, database and models; exit 1 when it is not usable."""
    from twin.doctor import examine, examine_hours

    if mend and not hours:
        raise typer.BadParameter("--mend goes with --hours")
    checks = examine()
    if hours:
        checks.append(examine_hours(days, mend=mend))
    usable = all(check.verdict != "fault" for check in checks)
    if as_json:
        emit({"usable": usable, "checks": [check.to_dict() for check in checks]})
    else:
        rows = [[check.name, check.verdict, check.detail] for check in checks]
        table("usable" if usable else "not usable", ("what", "verdict", "detail"), rows)
    if not usable:
        raise typer.Exit(1)
