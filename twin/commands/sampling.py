"""`lacss sampling`: acceptance sampling plans and their operating characteristics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.sampling import AttributePlan, RiskPoints, VariablesPlan

    Plan = AttributePlan | VariablesPlan

__all__ = ["register"]

_TYPES = ("attribute", "variables", "double")
_CURVE = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)


def register(app: typer.Typer) -> None:
    """Add `sampling` to the command."""
    app.command("sampling")(_sampling)


def _sampling(
    prp: Annotated[str | None, typer.Option(help="Quality,acceptance of the producer.")] = None,
    crp: Annotated[str | None, typer.Option(help="Quality,acceptance of the consumer.")] = None,
    kind: Annotated[
        str | None, typer.Option("--type", help="attribute, variables or double.")
    ] = None,
    known_sigma: Annotated[bool, typer.Option("--known-sigma", help="Of variables.")] = False,
    n: Annotated[str | None, typer.Option(help="Given plan: sample sizes, as 125,125.")] = None,
    c: Annotated[str | None, typer.Option(help="Given plan: acceptance numbers.")] = None,
    r: Annotated[str | None, typer.Option(help="Given plan: refusal numbers.")] = None,
    k: Annotated[float | None, typer.Option(help="Given plan by variables.")] = None,
    lot_size: Annotated[int | None, typer.Option(help="Draw without replacement.")] = None,
    distribution: Annotated[
        str | None, typer.Option(help="binomial, hypergeometric or poisson.")
    ] = None,
    oc: Annotated[str | None, typer.Option(help="Qualities P,P,... of the curve.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Find the cheapest sampling plan, or judge a given one."""
    if kind is not None and kind not in _TYPES:
        raise typer.BadParameter(f"--type must be one of {', '.join(_TYPES)}, got {kind!r}")
    risks = _risks(prp, crp)
    if n is None and risks is None:
        raise typer.BadParameter("give --prp and --crp, or a plan with --n")
    if n is None:
        plan = _find(risks, kind or "attribute", known_sigma, distribution, lot_size)
    else:
        plan = _given(n, c, r, k, known_sigma, distribution, lot_size)
    asked = _numbers("--oc", oc) if oc else list(_CURVE) if n is not None else []
    payload = _payload(plan, risks, asked)
    if as_json:
        emit(payload)
    else:
        _show(payload)


def _risks(prp: str | None, crp: str | None) -> RiskPoints | None:
    from process_models.sampling import RiskPoint, RiskPoints

    if prp is None and crp is None:
        return None
    if prp is None or crp is None:
        raise typer.BadParameter("--prp and --crp go together")
    return RiskPoints(RiskPoint(*_pair("--prp", prp)), RiskPoint(*_pair("--crp", crp)))


def _pair(option: str, text: str) -> tuple[float, float]:
    numbers = _numbers(option, text)
    if len(numbers) != 2:
        raise typer.BadParameter(f"{option} takes quality,acceptance as 0.01,0.95, got {text!r}")
    return numbers[0], numbers[1]


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{option} takes numbers, got {text!r}") from None


def _integers(option: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{option} takes whole numbers, got {text!r}") from None


def _find(
    risks: RiskPoints | None, kind: str, known: bool, distribution: str | None, lot: int | None
) -> Plan:
    from process_models.sampling import Counting, find_double, find_single, find_variables

    if risks is None:
        raise typer.BadParameter("--prp and --crp are needed to find a plan")
    if kind == "variables":
        return find_variables(risks, known_sigma=known)
    find = find_double if kind == "double" else find_single
    return find(risks, Counting.of(distribution, lot))


def _given(
    n: str, c: str | None, r: str | None, k: float | None, known: bool,
    distribution: str | None, lot: int | None,
) -> Plan:  # fmt: skip
    from process_models.sampling import AttributePlan, Counting, VariablesPlan

    sizes = _integers("--n", n)
    if (c is None) == (k is None):
        raise typer.BadParameter("a given plan needs --n with either --c or --k")
    if k is not None:
        if len(sizes) != 1:
            raise typer.BadParameter(f"a plan by variables has one --n, got {n!r}")
        return VariablesPlan(sizes[0], k, known)
    refuse = () if r is None else _integers("--r", r)
    return AttributePlan(sizes, _integers("--c", c or ""), refuse, Counting.of(distribution, lot))


def _payload(plan: Plan, risks: RiskPoints | None, qualities: list[float]) -> dict[str, Any]:
    payload = plan.to_dict()
    if risks is not None:
        payload["producer_risk"] = 1 - plan.accept(risks.prp.p)
        payload["consumer_risk"] = plan.accept(risks.crp.p)
        payload["keeps_promises"] = plan.keeps(risks)
    if qualities:
        payload["oc"] = [plan.point(p) for p in qualities]
    return payload


def _show(payload: dict[str, Any]) -> None:
    rows = [(key.replace("_", " "), value) for key, value in payload.items() if key != "oc"]
    table("Sampling plan", ("", "value"), rows)
    curve = payload.get("oc", [])
    if curve:
        names = list(curve[0])
        table("Lots of quality p", names, [tuple(point.values()) for point in curve])
