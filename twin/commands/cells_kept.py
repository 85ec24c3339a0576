"""`lacss cells import|list|show|confirm|overrule|withdraw`: cell tests that are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.cells.calls import CellTest
    from twin.cells.desk import CellDesk

__all__ = ["add_kept"]

Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the cell test.")]
User = Annotated[str, typer.Option(help="Who does it.")]
Json = Annotated[bool, JSON_OPTION]


def add_kept(group: typer.Typer) -> None:
    """Add the commands to the group `cells`."""
    group.command("import")(_import)
    group.command("list")(_list)
    group.command("show")(_show)
    group.command("confirm")(_confirm)
    group.command("overrule")(_overrule)
    group.command("withdraw")(_withdraw)


def _at_desk(work: Callable[[CellDesk], Any]) -> Any:
    from twin.cells.desk import CellDesk
    from twin.store import Store

    with Store.open() as store:
        return work(CellDesk(store))


def _import(
    files: Annotated[list[Path], typer.Argument(help="Files of cyclers.")],
    test: Annotated[str, typer.Option(help="ccd, symmetric or full.")],
    area_cm2: Annotated[float, typer.Option(help="Area of the electrode.")],
    sample: Annotated[str, typer.Option(help="Which sample was tested.")],
    laboratory: Annotated[str, typer.Option(help="Where; predictions never pool laboratories.")],
    user: User,
    recipe: Annotated[Path | None, typer.Option(help="How its foil was made (TOML).")] = None,
    step_ma_cm2: Annotated[float, typer.Option(help="Step of the CCD test.")] = 0.1,
    mapping: Annotated[str | None, typer.Option("--map", help="As for label.")] = None,
    as_json: Json = False,
) -> None:
    """Read, label and keep files; none is kept if one cannot be read."""
    from twin.cells.labelling import label_files
    from twin.cells.mapping import column_mapping
    from twin.recipe import read_recipe

    made = None if recipe is None else read_recipe(recipe)
    found = label_files(
        files, area_cm2=area_cm2, test=test, step_ma_cm2=step_ma_cm2,
        mapping=column_mapping(mapping),
    )  # fmt: skip
    tests = _at_desk(
        lambda desk: [
            desk.take_in(
                one, sample=sample, laboratory=laboratory, recipe=made, step_ma_cm2=step_ma_cm2,
                user=user,
            )
            for one in found
        ]
    )  # fmt: skip
    _tell(tests, as_json)


def _list(as_json: Json = False) -> None:
    """List the cell tests that are kept, the newest first."""
    _tell(_at_desk(lambda desk: desk.list()), as_json)


def _show(number: Number, as_json: Json = False) -> None:
    """Show one cell test with every call on it."""
    found = _at_desk(lambda desk: desk.get(number)).to_dict()
    if as_json:
        emit(found)
        return
    calls = found.pop("calls")
    table(f"Cell test {number}", ("", ""), list(found.items()))
    columns = ("action", "user", "at", "reason", "life_h", "short")
    table("Calls", columns, [[str(call[name]) for name in columns] for call in calls])


def _confirm(
    number: Number,
    user: User,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: Json = False,
) -> None:
    """The call is right: it enters the evidence."""
    _tell([_at_desk(lambda desk: desk.confirm(number, user=user, reason=reason))], as_json)


def _overrule(
    number: Number,
    user: User,
    reason: Annotated[str, typer.Option(help="Why.")],
    short_at_h: Annotated[float | None, typer.Option(help="Hour of the short.")] = None,
    kind: Annotated[str, typer.Option(help="hard or soft.")] = "soft",
    no_short: Annotated[bool, typer.Option("--no-short", help="There is none.")] = False,
    as_json: Json = False,
) -> None:
    """Call another short, or none, for a reason."""
    from twin.cells.calls import Overruling

    if (short_at_h is None) != no_short:
        raise typer.BadParameter("give either --short-at-h or --no-short")
    called = None if short_at_h is None else Overruling(short_at_h, kind)  # type: ignore[arg-type]
    _tell([_at_desk(lambda desk: desk.overrule(number, called, user=user, reason=reason))], as_json)


def _withdraw(
    number: Number,
    user: User,
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: Json = False,
) -> None:
    """Take the call out of the evidence again."""
    _tell([_at_desk(lambda desk: desk.withdraw(number, user=user, reason=reason))], as_json)


def _tell(tests: list[CellTest], as_json: bool) -> None:
    found = [test.to_dict() for test in tests]
    if as_json:
        emit({"cells": found})
        return
    columns = (
        "id", "state", "sample", "laboratory", "test", "ccd_failed_at_ma_cm2",
        "ccd_last_survived_ma_cm2", "life_h", "censoring", "file",
    )  # fmt: skip
    table("Cell tests", columns, [[cell[name] for name in columns] for cell in found])
