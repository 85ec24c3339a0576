"""`lacss chart`: control charts of a table or of what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.commands.exporting import Making, chart_report, exported
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.autocorrelation import Guard
    from process_models.spc import ChangePoint, ChartData, ChartOptions, ChartResult
    from twin.tables import Table

__all__ = ["register"]

_SIGNALS_SHOWN = 40


def register(app: typer.Typer) -> None:
    """Add `chart` to the command."""
    app.command("chart")(exported(_chart))


def _chart(
    file: Annotated[Path | None, typer.Argument(help="CSV or Parquet table.")] = None,
    chart: Annotated[str | None, typer.Option(help="Kind, as i_mr or xbar_r.")] = None,
    stored: Annotated[str | None, typer.Option(help="Chart this stored characteristic.")] = None,
    station: Annotated[str | None, typer.Option(help="Station of --stored.")] = None,
    value: Annotated[str | None, typer.Option(help="Column of values or counts.")] = None,
    columns: Annotated[str, typer.Option(help="Columns A,B,C: variables or wide table.")] = "",
    subgroup: Annotated[str | None, typer.Option(help="Column that labels subgroups.")] = None,
    size: Annotated[str | None, typer.Option(help="Column of sample sizes or areas.")] = None,
    phase1: Annotated[int | None, typer.Option(help="First points that give the limits.")] = None,
    exclude: Annotated[str, typer.Option(help="Points 15,23 left out of the limits.")] = "",
    exclude_reason: Annotated[str, typer.Option(help="Why they are left out.")] = "",
    stage: Annotated[str | None, typer.Option(help="Column of stages, each its limits.")] = None,
    part: Annotated[str | None, typer.Option(help="Column of parts of short_run.")] = None,
    short_run: Annotated[str, typer.Option(help="z_mr, or dnom: from nominal.")] = "z_mr",
    pooling: Annotated[str, typer.Option(help="Sigma: parts, constant, relative.")] = "parts",
    targets: Annotated[str, typer.Option(help="Nominal values of parts: A=10,B=12.")] = "",
    part_sigmas: Annotated[str, typer.Option(help="Known sigmas of parts: A=1,B=2.")] = "",
    constants: Annotated[str, typer.Option(help="exact, or rounded as in tables.")] = "exact",
    order: Annotated[str, typer.Option(help="ARMA order p,q of ar_residual.")] = "1,0",
    centre: Annotated[float | None, typer.Option(help="Known centre.")] = None,
    sigma: Annotated[float | None, typer.Option(help="Known sigma of an observation.")] = None,
    sigma_method: Annotated[str | None, typer.Option(help="How sigma is estimated.")] = None,
    rules: Annotated[str, typer.Option(help="Rules and sets of rules.")] = "beyond_limits",
    nsigma: Annotated[float, typer.Option(help="Width of Shewhart limits.")] = 3.0,
    lam: Annotated[float, typer.Option("--lambda", help="Weight of EWMA and MEWMA.")] = 0.2,
    width: Annotated[float | None, typer.Option(help="Width L or limit h of (M)EWMA.")] = None,
    limits: Annotated[str, typer.Option(help="EWMA limits: exact or asymptotic.")] = "exact",
    k: Annotated[float, typer.Option(help="Reference value of CUSUM, in sigma.")] = 0.5,
    h: Annotated[float, typer.Option(help="Decision interval of CUSUM, in sigma.")] = 5.0,
    head_start: Annotated[float, typer.Option(help="Head start of CUSUM, in sigma.")] = 0.0,
    shewhart: Annotated[float | None, typer.Option(help="Limits beside EWMA, CUSUM.")] = None,
    side: Annotated[str, typer.Option(help="CUSUM: both, upper or lower.")] = "both",
    alpha: Annotated[float | None, typer.Option(help="False-alarm rate of T2 and PCA.")] = None,
    components: Annotated[int | None, typer.Option(help="Components kept by PCA.")] = None,
    covariance: Annotated[str, typer.Option(help="sample or successive.")] = "sample",
    span: Annotated[int, typer.Option(help="Points in a moving average.")] = 3,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> Making:
    """Draw a control chart: limits, points and signals."""
    return _run(dict(locals()))


def _run(given: dict[str, Any]) -> Making:
    from process_models.autocorrelation import guard

    options = _options(given)
    if (given["file"] is None) == (given["stored"] is None):
        raise typer.BadParameter("give either a FILE or --stored CHARACTERISTIC")
    if given["file"] is None:
        payload, result = _from_store(given, options)
    else:
        result = _from_file(given["file"], given, options)
        payload = result.to_dict()
    found = guard(result, options)
    if found is not None:
        payload["guard"] = found.to_dict()
    if given["as_json"]:
        emit(payload)
    else:
        _show(result)
        _show_guard(found)
    return lambda: chart_report(given, options, payload, result)


def _options(given: dict[str, Any]) -> ChartOptions:
    from process_models.spc import ChartOptions

    names = (
        "nsigma", "lam", "width", "limits", "k", "h", "head_start", "phase1", "centre", "sigma",
        "sigma_method", "alpha", "components", "covariance", "span", "exclude_reason",
        "short_run", "pooling", "constants", "shewhart", "side",
    )  # fmt: skip
    return ChartOptions(
        rules=tuple(_words(given["rules"])),
        exclude=tuple(_whole("exclude", "points as 15,23", w) for w in _words(given["exclude"])),
        targets=_by_part("targets", given["targets"]),
        part_sigmas=_by_part("part-sigmas", given["part_sigmas"]),
        order=_order(given["order"]),
        **{name: given[name] for name in names},
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _whole(option: str, what: str, word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise typer.BadParameter(f"--{option} takes {what}, got {word!r}") from None


def _order(text: str) -> tuple[int, int]:
    numbers = [_whole("order", "p,q as 1,0", word) for word in _words(text)]
    if len(numbers) != 2:
        raise typer.BadParameter(f"--order takes p,q as 1,0, got {text!r}")
    return numbers[0], numbers[1]


def _by_part(option: str, text: str) -> tuple[tuple[str, float], ...]:
    pairs = []
    for word in _words(text):
        part, _, number = word.rpartition("=")
        try:
            pairs.append((part, float(number)))
        except ValueError:
            raise typer.BadParameter(f"--{option} takes PART=NUMBER, got {word!r}") from None
    return tuple(pairs)


def _from_file(file: Path, given: dict[str, Any], options: ChartOptions) -> ChartResult:
    from process_models.spc import PointError, chart, chart_stages
    from twin.chart_input import labels_of_points
    from twin.tables import read_table

    kind = given["chart"]
    if kind is None:
        raise typer.BadParameter("--chart KIND is needed with a FILE")
    if kind == "short_run" and given["part"] is None:
        given = {**given, "part": given["subgroup"], "subgroup": None}
    read = read_table(file)
    data, column = _data(read, kind, given)
    try:
        if given["stage"] is None:
            return chart(kind, data, options)
        stages = labels_of_points(read, given["stage"], given["subgroup"])
        return chart_stages(kind, data, stages, options)
    except PointError as error:
        place = f"row {error.point}, " if given["subgroup"] is None else ""
        raise InputError(f"{file}: {place}column {column!r}: {error}") from error
    except InputError as error:
        raise InputError(f"{file}: {error}") from error


def _data(read: Table, kind: str, given: dict[str, Any]) -> tuple[ChartData, str]:
    from process_models.spc.registry import find_kind
    from twin.chart_input import chart_data, multivariate_data

    columns = _words(given["columns"])
    family = find_kind(kind)
    if (given["value"] is None) == (not columns):
        raise typer.BadParameter("give either --value COL or --columns A,B,C")
    if family.multivariate:
        if not columns:
            raise typer.BadParameter(f"chart {kind} needs --columns A,B,C")
        return multivariate_data(read, columns, given["subgroup"]), ", ".join(columns)
    if columns and given["subgroup"] is not None:
        raise typer.BadParameter("--subgroup goes with --value; with --columns a row is a subgroup")
    data = chart_data(
        read, value=given["value"], columns=columns,
        subgroup=given["subgroup"], size=given["size"],
        part=given["part"],
    )  # fmt: skip
    return data, given["value"] or ", ".join(columns)


def _from_store(given: dict[str, Any], options: ChartOptions) -> tuple[dict[str, Any], ChartResult]:
    from process_models.spc import ChartOptions
    from twin.monitoring.charting import chart_stored
    from twin.monitoring.plan import site_plan
    from twin.store import Store

    for name in ("stage", "part", "size", "value", "subgroup"):
        if given[name] is not None:
            raise typer.BadParameter(f"--{name} is of a FILE and does not go with --stored")
    chosen = None if options == ChartOptions() else options
    with Store.open() as store:
        stored = chart_stored(
            store, site_plan(), given["stored"], given["station"],
            kind=given["chart"], options=chosen,
        )  # fmt: skip
    payload = {
        **stored.result.to_dict(),
        "characteristic": given["stored"],
        "station": stored.station,
        "provenance": stored.provenance,
        "limits_version": stored.limits_version,
        "unit": stored.unit,
        "times": list(stored.times),
        "lot_ids": list(stored.lot_ids),
    }
    return payload, stored.result


def _show(result: ChartResult) -> None:
    rows = [(p.statistic, _line(p.centre_line), _line(p.lcl), _line(p.ucl)) for p in result.panels]
    sigma = "" if result.sigma is None else f", sigma {result.sigma:.4g}"
    phase = f"limits from the first {result.phase1}"
    title = f"{result.chart}: {result.n} points, {phase}{sigma}"
    table(title, ("panel", "centre line", "LCL", "UCL"), rows)
    if not result.signals:
        typer.echo("No signals.")
        return
    dated = zip(result.signals[:_SIGNALS_SHOWN], result.since(), strict=False)
    shown = [(s.point, s.panel, s.rule, _since(since)) for s, since in dated]
    table(f"{len(result.signals)} signals", ("point", "panel", "rule", "since point"), shown)
    if len(result.signals) > _SIGNALS_SHOWN:
        typer.echo(f"… and {len(result.signals) - _SIGNALS_SHOWN} more; --json has all.")


def _since(since: ChangePoint | None) -> str | None:
    return None if since is None else f"{since.point} ({since.low} to {since.high})"


def _show_guard(found: Guard | None) -> None:
    if found is None or not found.significant:
        return
    told = (
        f"Points are not independent: autocorrelation {found.phi:.2f} at lag 1 "
        f"(Ljung-Box p {found.p_value:.2g})."
    )
    if found.true_arl is not None and found.promised_arl is not None:
        told += (
            f" These limits give a false alarm every {found.true_arl:.3g} points, "
            f"not every {found.promised_arl:.3g}; see chart ar_residual."
        )
    typer.echo(told)


def _line(line: Any) -> Any:
    if line is None or isinstance(line, float):
        return line
    import numpy as np

    return f"{np.nanmin(line):.4g} to {np.nanmax(line):.4g}"
