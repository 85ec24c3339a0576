"""`lacss arl`: how long a control chart runs until it signals, and the limit for a given length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from process_models.errors import InputError
from twin.output import JSON_OPTION, emit, table

if TYPE_CHECKING:
    from process_models.run_length import Conditions, RunLengths, Scheme

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add `arl` to the command."""
    app.command("arl")(_arl)


def _arl(
    chart: Annotated[str, typer.Option(help="shewhart, rules, cusum, ewma, mewma or t2.")],
    shift: Annotated[str, typer.Option(help="Shifts of the mean, in sigma.")] = "0",
    spread: Annotated[float, typer.Option(help="Sigma after the change over before.")] = 1.0,
    nsigma: Annotated[float, typer.Option(help="Width of Shewhart limits.")] = 3.0,
    rules: Annotated[str, typer.Option(help="Rules and sets of rules.")] = "beyond_limits",
    k: Annotated[float, typer.Option(help="Reference value of CUSUM, in sigma.")] = 0.5,
    h: Annotated[float | None, typer.Option(help="Limit of CUSUM, T2 and MEWMA.")] = None,
    head_start: Annotated[float, typer.Option(help="Head start of CUSUM, in sigma.")] = 0.0,
    lam: Annotated[float, typer.Option("--lambda", help="Weight of EWMA and MEWMA.")] = 0.2,
    width: Annotated[float | None, typer.Option(help="EWMA width L; limit of T2, MEWMA.")] = None,
    limits: Annotated[str, typer.Option(help="(M)EWMA limits: exact or asymptotic.")] = "exact",
    alpha: Annotated[float | None, typer.Option(help="False-alarm rate of a T2 point.")] = None,
    variables: Annotated[int, typer.Option(help="Variables of T2 and MEWMA.")] = 2,
    phi: Annotated[float, typer.Option(help="Autocorrelation of the data.")] = 0.0,
    estimated_from: Annotated[int | None, typer.Option(help="Individuals behind limits.")] = None,
    sigma_method: Annotated[str, typer.Option(help="sd, sd_c4 or mr_d2 of those.")] = "sd",
    one_sided: Annotated[bool, typer.Option("--one-sided", help="High values only.")] = False,
    moving_range: Annotated[
        bool, typer.Option("--moving-range", help="The moving-range chart signals too.")
    ] = False,
    steady_state: Annotated[
        bool, typer.Option("--steady-state", help="The change comes after a long time.")
    ] = False,
    steady_mode: Annotated[str, typer.Option(help="conditional or cyclical.")] = "conditional",
    quantiles: Annotated[str, typer.Option(help="Probabilities as 0.1,0.5,0.9.")] = "",
    design: Annotated[bool, typer.Option("--design", help="Solve for the limit.")] = False,
    arl0: Annotated[float | None, typer.Option(help="Run length in control asked for.")] = None,
    seed: Annotated[int, typer.Option(help="Of what has to be simulated.")] = 0,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Average run length and its quantiles; with --design, the limit that gives --arl0."""
    _run(dict(locals()))


def _run(given: dict[str, Any]) -> None:
    from process_models.run_length import design, run_lengths

    if given["design"] and given["arl0"] is None:
        raise typer.BadParameter("--design needs --arl0, the run length in control asked for")
    if given["arl0"] is not None and not given["design"]:
        raise typer.BadParameter("--arl0 goes with --design")
    scheme, conditions = _scheme(given), _conditions(given)
    if given["design"]:
        scheme = design(scheme, given["arl0"], conditions)
    shifts = _numbers("shift", given["shift"])
    probabilities = _numbers("quantiles", given["quantiles"])
    answer = run_lengths(scheme, shifts, conditions, probabilities, seed=given["seed"])
    if given["as_json"]:
        emit(answer.to_dict())
    else:
        _show(answer)


def _scheme(given: dict[str, Any]) -> Scheme:
    from process_models.run_length import Scheme

    chosen: dict[str, Any] = {
        name: given[name]
        for name in (
            "chart", "nsigma", "k", "head_start", "lam", "limits", "variables", "one_sided",
            "moving_range",
        )
    }  # fmt: skip
    rules = tuple(word.strip() for word in given["rules"].split(",") if word.strip())
    return Scheme(rules=rules, **chosen, **_limit(given))


def _limit(given: dict[str, Any]) -> dict[str, Any]:
    """`h` and `width`, which mean the same for T2 and MEWMA."""
    h, width, alpha = given["h"], given["width"], given["alpha"]
    if given["chart"] not in ("t2", "mewma"):
        if alpha is not None:
            raise typer.BadParameter("--alpha goes with --chart t2")
        return {"h": 5.0 if h is None else h, "width": given["nsigma"] if width is None else width}
    if h is not None and width is not None and h != width:
        raise InputError(f"h and width both are the limit of {given['chart']}, got {h} and {width}")
    limit = h if h is not None else width
    if limit is None:
        limit = _quantile(0.0027 if alpha is None else alpha, given["variables"])
    return {"h": limit}


def _quantile(alpha: float, variables: int) -> float:
    from scipy.special import chdtri

    if not 0 < alpha < 1:
        raise InputError(f"alpha must be above 0 and below 1, got {alpha:g}")
    return float(chdtri(max(variables, 1), alpha))


def _conditions(given: dict[str, Any]) -> Conditions:
    from process_models.run_length import Conditions

    return Conditions(
        spread=given["spread"],
        phi=given["phi"],
        steady=given["steady_mode"] if given["steady_state"] else None,
        estimated_from=given["estimated_from"],
        sigma_method=given["sigma_method"],
    )


def _numbers(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise InputError(f"{name} must be numbers as 0,0.5,1, got {text!r}") from None


def _show(answer: RunLengths) -> None:
    told = ", ".join(
        f"{name} {', '.join(value) if isinstance(value, list) else value}"
        for name, value in answer.parameters.items()
        if value not in (None, False) and name not in ("shift", "chart")
    )
    errors = answer.standard_error or (None,) * len(answer.arl)
    columns = ["shift", "ARL", *(f"{p} quantile" for p in answer.quantiles)]
    lengths = zip(*answer.quantiles.values(), strict=True) if answer.quantiles else None
    quantiles = list(lengths) if lengths else [()] * len(answer.arl)
    rows = [
        (shift, arl, *(int(q) if q < 1e15 else q for q in quantile), error)
        for shift, arl, quantile, error in zip(
            answer.parameters["shift"], answer.arl, quantiles, errors, strict=True
        )
    ]
    title = f"{answer.parameters['chart']} by {answer.method.replace('_', ' ')}: {told}"
    if answer.standard_error is None:
        table(title, columns, [row[:-1] for row in rows])
    else:
        table(title, [*columns, "standard error"], rows)
