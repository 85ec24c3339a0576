"""Measurement system studies as readable tables on stdout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import typer

from process_models.gauge import (
    Agreement,
    AgreementStudy,
    BiasStudy,
    GaugeStudy,
    Interval,
    LinearityStudy,
    StabilityStudy,
    Type1Study,
)
from twin.output import table

__all__ = ["REPORTS"]


def _repeatability(study: GaugeStudy) -> None:
    rows = [(name, r.df, r.ss, r.ms, r.f, r.p) for name, r in study.anova.items() if r is not None]
    table(
        f"{study.design} study: {study.n} measurements, {study.parts} parts, "
        f"{study.operators} operators",
        ("source", "df", "SS", "MS", "F", "p"), rows,
    )  # fmt: skip
    tolerance = study.percent_tolerance
    limits, level = study.study_limits, f"{100 * study.options.confidence:g} %"
    parts = [
        (name, value, study.percent_contribution[name], study.percent_study[name],
         limits[name].low, limits[name].high, None if tolerance is None else tolerance[name])
        for name, value in study.variance.items()
    ]  # fmt: skip
    columns = ("component", "variance", "% contribution", "% study", f"{level} low",
               f"{level} high", "% tolerance")  # fmt: skip
    table("Components of variation", columns, parts)
    said = study.to_dict()
    typer.echo(
        f"Distinct categories {said['ndc']} ({_pair(study.ndc_limits)}); "
        f"the gauge is {study.verdict} for the process"
        + (f", {study.verdict_tolerance} for the tolerance." if tolerance else ".")
    )
    for note in study.notes:
        typer.echo(f"Note: {note}.")


def _bias(study: BiasStudy) -> None:
    table(f"Bias of {study.n} measurements", ("", "value"), _bias_rows(study))


def _bias_rows(study: BiasStudy) -> list[tuple[str, Any]]:
    return [
        ("reference", study.reference),
        ("mean", study.mean),
        ("standard deviation", study.sd),
        ("bias", study.bias),
        (f"{100 * study.confidence:g} % limits", _pair(study.limits)),
        ("t", study.t),
        ("p", study.p),
    ]


def _type1(study: Type1Study) -> None:
    rows = [
        *_bias_rows(study.bias),
        ("Cg", f"{study.cg:.4g} ({_pair(study.cg_limits)})"),
        ("Cgk", f"{study.cgk:.4g} ({_pair(study.cgk_limits)})"),
        ("% repeatability", study.percent_repeatability),
        ("% repeatability and bias", study.percent_repeatability_and_bias),
        ("capable (1.33)", "yes" if study.capable else "no"),
    ]
    table(f"Type 1 study of {study.bias.n} measurements", ("", "value"), rows)


def _linearity(study: LinearityStudy) -> None:
    lines = (("intercept", study.intercept), ("slope", study.slope))
    table(
        f"Linearity: {study.n} measurements, s {study.s:.4g}, R² {study.r_squared:.4g}",
        ("", "value", "standard error", "t", "p"),
        [(name, line.value, line.se, line.t, line.p) for name, line in lines],
    )
    points = [(f"{p.reference:.4g}", p.n, p.bias, p.p) for p in study.references]
    average = ("average", study.n, study.average_bias.bias, study.average_bias.p)
    table("Bias", ("reference", "n", "bias", "p"), [*points, average])


def _stability(study: StabilityStudy) -> None:
    drawn = study.chart
    rows = [(s.point, study.occasions[s.point - 1], s.panel, s.rule) for s in drawn.signals]
    typer.echo(f"{drawn.chart}: {drawn.n} occasions, {len(rows)} signals")
    if rows:
        table("Signals", ("point", "occasion", "panel", "rule"), rows)
    if study.drift is not None:
        typer.echo(f"Drift per occasion {study.drift.value:.4g}, p {study.drift.p:.3g}")
    if study.bias is not None:
        _bias(study.bias)


def _attribute(study: AgreementStudy) -> None:
    rows: list[tuple[Any, ...]] = []
    for name, found in (study.within or {}).items():
        rows.append((f"{name} within", *_agreement(found)))
    for name, found in (study.versus_standard or {}).items():
        rows.append((f"{name} and standard", *_agreement(found)))
    if study.between is not None:
        rows.append(("between operators", *_agreement(study.between)))
    if study.all_versus_standard is not None:
        rows.append(("all and standard", *_agreement(study.all_versus_standard)))
    columns = ("agreement", "parts agreed", "%", "% low", "% high", "kappa (Fleiss)", "p")
    table(f"{study.parts} parts, {study.trials} trials", columns, rows)
    pairs = [(" and ".join(p), k.value, k.se, k.p) for p, k in study.pairs.items()]
    if pairs:
        table("Pairs of operators", ("", "kappa (Cohen)", "standard error", "p"), pairs)
    typer.echo(f"The judgements are {study.verdict}.")


def _agreement(found: Agreement) -> tuple[Any, ...]:
    kappa = found.fleiss
    return (
        f"{found.agreed} of {found.parts}", 100 * found.share,
        100 * found.limits.low, 100 * found.limits.high,
        None if kappa is None else kappa.value, None if kappa is None else kappa.p,
    )  # fmt: skip


def _pair(limits: Interval) -> str:
    return f"{limits.low:.4g} to {limits.high:.4g}"


REPORTS: Mapping[str, Callable[[Any], None]] = MappingProxyType(
    {
        "rr": _repeatability,
        "type1": _type1,
        "bias": _bias,
        "linearity": _linearity,
        "stability": _stability,
        "attribute": _attribute,
    }
)
