"""`lacss quality`: fit, predict, and the report that compares ways to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.commands.quality_window import add_window
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.quality import QualityModel, QualityPrediction
    from process_models.quality.comparison import MethodScore

__all__ = ["register"]

_Json = Annotated[bool, JSON_OPTION]


def register(app: typer.Typer) -> None:
    """Add `quality` with `fit`, `predict` and `report`."""
    quality = typer.Typer(
        no_args_is_help=True,
        help="From a recipe to what its cells will do, and how sure that is.",
    )
    quality.command("fit")(_fit)
    quality.command("predict")(_predict)
    quality.command("report")(_report)
    add_window(quality)
    app.add_typer(quality, name="quality")


def _fit(
    evidence: Annotated[
        list[Path] | None,
        typer.Option(help="Table added to the built-in evidence; may be given several times."),
    ] = None,
    only: Annotated[
        bool, typer.Option("--only", help="Leave built-in and imported evidence out.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the sampler.", min=0, max=2**31)] = 0,
    draws: Annotated[
        int, typer.Option(help="Posterior draws to keep.", min=100, max=100_000)
    ] = 1000,
    json_output: _Json = False,
) -> None:
    """Fit CCD and life on the evidence, and store the posterior in LACSS_HOME/quality."""
    import time

    from twin.quality_artifact import fit_and_save
    from twin.quality_evidence import gather
    from twin.settings import Settings

    home = Settings.from_environment().home
    gathered = gather(home, evidence or (), only=only)
    started = time.monotonic()
    _say("quality fit: drawing from the posterior (under a minute)")
    model, stored = fit_and_save(home, gathered, seed=seed, draws=draws)
    payload = _fit_payload(model, len(gathered.rows), time.monotonic() - started, stored)
    if json_output:
        emit(payload)
    else:
        table("Quality model", ("what", "value"), _flat(payload))
    _warn(model.record.faults)


def _predict(
    sublimation_time_s: Annotated[float, typer.Option(help="Exposure to the vapour, s.")],
    rolling_pressure_mpa: Annotated[float, typer.Option(help="Mean roll pressure, MPa.")],
    thickness_um: Annotated[float, typer.Option(help="Sheet thickness, um.")],
    current_ma_cm2: Annotated[float, typer.Option(help="Current of the life test.")] = 0.5,
    capacity_mah_cm2: Annotated[float, typer.Option(help="Capacity of a half-cycle.")] = 0.5,
    process: Annotated[str, typer.Option(help="lacss, drac, bare or coarse_powder.")] = "lacss",
    level: Annotated[float, typer.Option(help="Probability of the intervals.")] = 0.9,
    laboratory: Annotated[
        str, typer.Option(help="A laboratory of the evidence; our own when left out.")
    ] = "",
    foil_thickness_um: Annotated[
        float | None, typer.Option(help="Incoming foil; 100 um or what the thickness needs.")
    ] = None,
    json_output: _Json = False,
) -> None:
    """CCD, life and structure of a new cell, with intervals and the share of prior in them."""
    from process_models.quality.model import check_protocol, check_recipe
    from twin.quality_artifact import load_or_fit
    from twin.settings import Settings

    inputs = {
        "sublimation_time_s": sublimation_time_s,
        "rolling_pressure_mpa": rolling_pressure_mpa,
        "thickness_um": thickness_um,
    }
    check_recipe(process, inputs, foil_thickness_um)  # before a fit that would take a minute
    check_protocol(current_ma_cm2, capacity_mah_cm2, level)
    model = load_or_fit(Settings.from_environment().home, progress=_say)
    answer = model.predict(
        **inputs, process=process, current_ma_cm2=current_ma_cm2,
        capacity_mah_cm2=capacity_mah_cm2, level=level, laboratory=laboratory,
        foil_thickness_um=foil_thickness_um)  # fmt: skip
    if json_output:
        emit(answer.to_dict())
    else:
        _show(answer)
    if process == "bare" and sublimation_time_s > 0:
        _say("process bare has no exposure: the sublimation time is not used")
    _warn(answer.faults)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _warn(faults: Sequence[str]) -> None:
    for fault in faults:
        _say(f"quality model: NOT CONVERGED, {fault}; do not rely on it")


def _fit_payload(model: QualityModel, rows: int, seconds: float, stored: Path) -> dict[str, Any]:
    record = model.record
    return {
        "evidence_rows": record.evidence_rows,
        "context_rows": rows - record.evidence_rows,
        "evidence_sha256": record.evidence_sha256,
        "seed": record.seed,
        "draws": record.draws,
        "seconds": round(seconds, 1),
        "diagnostics": {
            "r_hat_max": record.r_hat_max,
            "ess_min": record.ess_min,
            "divergences": record.divergences,
        },
        "converged": record.converged,
        "faults": list(record.faults),
        "optimum": asdict(record.optimum) if record.optimum else None,
        "prior_optimum": asdict(record.prior_optimum) if record.prior_optimum else None,
        "laboratories": list(record.laboratories),
        "prior_share": dict(record.prior_share),
        "stored": stored,
    }


def _flat(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in payload.items():
        if isinstance(value, dict):
            rows += [(f"{key} {name}", inner) for name, inner in value.items()]
        else:
            rows.append((key, value))
    return rows


def _show(answer: QualityPrediction) -> None:
    percent = f"{100 * answer.ccd_ma_cm2.level:g} %"
    table(
        "New cell",
        ("", "median", f"low ({percent})", "high"),
        [("CCD mA/cm2", *_estimate(answer.ccd_ma_cm2)), ("life h", *_estimate(answer.life_h))],
    )
    table("P(life beyond hours)", ("hours", "probability"), answer.survival)
    table("Structure (prior medians)", ("", "value"), answer.structure.items())
    table("Share of prior", ("input", "0 evidence, 1 prior"), answer.prior_share.items())
    if answer.life_h.median is None:
        _say("life: most of the posterior lies beyond every observation; read the probabilities")
    if answer.extrapolated:
        _say(f"beyond the evidence: {', '.join(answer.extrapolated)}")


def _estimate(value: Any) -> tuple[float | None, float | None, float | None]:
    return value.median, value.low, value.high


def _report(
    pdf: Annotated[
        Path | None, typer.Option(help="Also write the report of the model as PDF.")
    ] = None,
    json_output: _Json = False,
) -> None:
    """The Bayesian model beside maximum likelihood and scikit-learn, scored on rows left out."""
    from twin.quality_report import quality_report
    from twin.settings import Settings

    home = Settings.from_environment().home
    if pdf is not None:
        from twin.reporting.quality_pdf import check_target

        check_target(pdf)
    report = quality_report(home, progress=_say)
    if pdf is not None:
        _write_pdf(home, report.methods, pdf)
    if json_output:
        emit(report.to_dict())
        return
    for title, header, rows in report.tables():
        table(title, header, rows)
    for line in report.remarks:
        _say(line)


def _write_pdf(home: Path, methods: Sequence[MethodScore], path: Path) -> None:
    from twin.quality_artifact import load_or_fit
    from twin.reporting.quality_pdf import about_model, quality_subject, save_quality_pdf

    model = load_or_fit(home, progress=_say)
    save_quality_pdf(quality_subject(home, model, methods, about_model(home)), path)
    _say(f"quality report: written to {path}")
