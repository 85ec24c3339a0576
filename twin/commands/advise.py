"""`lacss advise`: exposure time and rolling pressure for the next lot, and an engineer's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from twin.advice import Advice, Proposal
    from twin.settings import Settings
    from twin.store import Store

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `advise`."""
    app.command("advise")(_advise)


def _advise(
    keep: Annotated[
        bool, typer.Option("--propose", help="Put it before an engineer (needs --user).")
    ] = False,
    approve: Annotated[int | None, typer.Option(help="Approve a proposal.")] = None,
    reject: Annotated[int | None, typer.Option(help="Reject a proposal.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Proposals, the newest first.")] = False,
    user: Annotated[str, typer.Option(help="Who.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    as_of: Annotated[str, typer.Option(help="Time with offset; default now.")] = "",
    seed: Annotated[int, typer.Option(help="Fixes every random number.")] = 0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """What to set for the next lot, with limits, simulated benefit, and reasons not to follow."""
    from twin.advice import decide, proposals, propose
    from twin.settings import Settings
    from twin.store import Store

    settings = Settings.from_environment()
    with Store.open(settings) as store:
        if approve is not None or reject is not None:
            number, word = (approve, "approve") if approve is not None else (reject, "reject")
            made = [decide(store, number or 0, word, user, reason)]
            _show_proposals(made, as_json=as_json)
        elif listed:
            _show_proposals(proposals(store), as_json=as_json)
        else:
            advice = _made(store, settings, as_of, seed)
            if keep:
                _show_proposals([propose(store, advice, user)], as_json=as_json)
            elif as_json:
                emit(advice.to_dict())
            else:
                _show(advice)


def _made(store: Store, settings: Settings, as_of: str, seed: int) -> Advice:
    from twin import quality_artifact
    from twin.advice import advise
    from twin.monitoring.plan import site_plan
    from twin.site import moment, site_recipe

    return advise(
        store,
        site_plan(settings),
        site_recipe(settings),
        quality_artifact.load(settings.home),
        as_of=moment("as-of", as_of) if as_of else None,
        seed=seed,
    )


def _show(advice: Advice) -> None:
    rows = [
        [one.setting, one.unit, f"{one.now:.4g}", f"{one.proposed:.4g}",
         f"{one.low:.4g} to {one.high:.4g}", one.limited_by, one.output,
         f"{one.predicted_now:.4g}", f"{one.predicted_after:.4g}", f"{one.target:.4g}",
         "yes" if one.follow else "no"]
        for one in advice.moves
    ]  # fmt: skip
    columns = (
        "setting", "unit", "now", "next lot", "window", "limited by", "output", "as it is",
        "after", "target", "follow",
    )  # fmt: skip
    table(f"Advice at {advice.as_of:%Y-%m-%d %H:%M %Z} ({advice.provenance})", columns, rows)
    for one in advice.moves:
        if one.benefit is not None:
            less = one.benefit.less_deviation
            typer.echo(
                f"{one.setting}: simulated deviation of {one.output} "
                f"{one.benefit.deviation_without.mean:.3g} -> {one.benefit.deviation_with.mean:.3g}"
                f" {one.output_unit} (less by {less.low:.3g} to {less.high:.3g})"
            )
        for reason in one.reasons:
            typer.echo(f"{one.setting}: do not follow: {reason}")
    for message in advice.messages:
        typer.echo(message, err=True)


def _show_proposals(found: list[Proposal], *, as_json: bool) -> None:
    if as_json:
        emit({"proposals": [one.to_dict() for one in found]})
        return
    rows = [
        [one.proposal_id, f"{one.at:%Y-%m-%d %H:%M}", one.state,
         ", ".join(f"{move['setting']} {move['now']:.4g} -> {move['proposed']:.4g}"
                   for move in one.document["moves"] if move["follow"]),
         one.decided_by, one.reason]
        for one in found
    ]  # fmt: skip
    table("Proposals", ("id", "at", "state", "moves", "decided by", "reason"), rows)
