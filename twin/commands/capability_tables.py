"""How a capability study is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from twin.output import table

if TYPE_CHECKING:
    from process_models.capability import (
        BinomialCapability,
        CapabilityResult,
        Index,
        PoissonCapability,
    )

__all__ = ["show_binomial", "show_poisson", "show_study"]


def show_study(result: CapabilityResult, name: str) -> None:
    """Indices, spread, parts out of specification and the distribution."""
    _indices(f"{name}: {result.n} values", result.indices, result.confidence)
    spread: list[tuple[Any, ...]] = [
        ("mean", result.mean),
        ("sigma within", result.sigma_within),
        ("sigma overall", result.sigma_overall),
    ]
    both = result.between_within
    if both is not None:
        spread += [("sigma between", both.sigma_between), ("sigma b/w", both.sigma_total)]
    spread += [
        (f"ppm {kind.replace('_', ' ')}", parts["total"]) for kind, parts in result.ppm.items()
    ]
    table("", ("", "value"), spread)
    if both is not None:
        _indices("between and within subgroups", both.indices, result.confidence)
    _distribution(result.distribution)
    _control(result.in_control)


def show_binomial(result: BinomialCapability, name: str) -> None:
    """Share of defective items, ppm and process Z."""
    title = f"{name}: {result.defectives} defective of {result.inspected} items"
    rows = {"proportion": result.proportion, "ppm": result.ppm, "process Z": result.process_z}
    _indices(title, rows, result.confidence)
    _control(result.in_control)


def show_poisson(result: PoissonCapability, name: str) -> None:
    """Defects a unit, and the share of units without one."""
    title = f"{name}: {result.defects} defects on {result.units:g} units"
    _indices(title, {"dpu": result.dpu, "unit yield": result.unit_yield}, result.confidence)
    _control(result.in_control)


def _indices(title: str, indices: Mapping[str, Index], confidence: float) -> None:
    level = f"{100 * confidence:g} %"
    rows = [(key, i.value, i.low, i.high) for key, i in indices.items()]
    table(title, ("index", "value", f"{level} low", f"{level} high"), rows)


def _distribution(described: Mapping[str, Any]) -> None:
    name = " ".join(str(described[key]) for key in ("name", "family") if key in described)
    statistic, p = described["anderson_darling"], described["p"]
    if statistic is None:
        typer.echo(f"Distribution: {name}; too few values to test the fit.")
    else:
        typer.echo(f"Distribution: {name}; Anderson-Darling {statistic:.3g}, p {p:.3g}.")
    if "ranking" in described:
        names = ", ".join(f"{fit['name']} {fit['aicc']:.1f}" for fit in described["ranking"])
        typer.echo(f"By AICc: {names}.")


def _control(in_control: bool) -> None:
    if in_control:
        typer.echo("The chart of the same data is in control.")
    else:
        typer.echo("The chart of the same data has signals: the indices do not predict.")
