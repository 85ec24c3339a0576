"""How long a chart runs: averages and quantiles at several shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from process_models.errors import InputError
from process_models.run_length.methods import Method, solve
from process_models.run_length.run_rules import machine_of
from process_models.run_length.scheme import Conditions, Scheme
from process_models.run_length.threads import one_thread

__all__ = ["RunLengths", "run_lengths"]

_SHOWN = {
    "shewhart": ("nsigma",),
    "rules": ("nsigma", "rules"),
    "cusum": ("k", "h", "head_start"),
    "ewma": ("lambda", "width", "limits"),
    "mewma": ("lambda", "h", "width", "limits", "variables"),
    "t2": ("h", "width", "variables"),
}


@dataclass(frozen=True)
class RunLengths:
    """Run lengths of one chart at several shifts.

    Attributes
    ----------
    arl : tuple of float
        Average run length at each shift, in points; infinite beyond 1e15.
    quantiles : mapping of str to tuple of float
        Probability, as asked, to the quantile at each shift.
    standard_error : tuple of float or None
        Of `arl`, when any of it was simulated.
    method : {"markov_chain", "integral_equation", "closed_form", "simulation"}
    parameters : mapping
        What it holds for.
    """

    arl: tuple[float, ...]
    quantiles: Mapping[str, tuple[float, ...]]
    standard_error: tuple[float, ...] | None
    method: Method
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain types."""
        return asdict(self)


def run_lengths(
    scheme: Scheme,
    shifts: Sequence[float] = (0.0,),
    conditions: Conditions = Conditions(),
    quantiles: Sequence[float] = (),
    *,
    seed: int = 0,
) -> RunLengths:
    """Average run lengths, and quantiles of the run length, at each shift.

    Parameters
    ----------
    scheme : Scheme
    shifts : sequence of float
        In standard errors of the plotted points.
    conditions : Conditions
        Their own `shift` is not used.
    quantiles : sequence of float
        Probabilities above 0 and below 1.
    seed : int
        Of what is simulated.

    Raises
    ------
    InputError
        When a value is outside its range or a mean is infinite.

    >>> answer = run_lengths(Scheme(chart="cusum", k=0.5, h=5), (0.0, 1.0), quantiles=(0.5,))
    >>> [round(arl, 2) for arl in answer.arl], answer.quantiles
    ([465.44, 10.38], {'0.5': (325.0, 9.0)})
    """
    if not shifts:
        raise InputError("shift must name at least one shift, got none")
    for probability in quantiles:
        if not 0 < probability < 1:
            raise InputError(f"quantiles must be above 0 and below 1, got {probability:g}")
    with one_thread():
        found = [solve(scheme, replace(conditions, shift=float(s)), seed=seed) for s in shifts]
        averages = tuple(solution.law.mean() for solution in found)
        listed = {f"{p:g}": tuple(s.law.quantile(p) for s in found) for p in quantiles}
    simulated = any(solution.standard_error is not None for solution in found)
    return RunLengths(
        arl=averages,
        quantiles=listed,
        standard_error=tuple(s.standard_error or 0.0 for s in found) if simulated else None,
        method="simulation" if simulated else found[0].method,
        parameters=_parameters(scheme, shifts, conditions),
    )


def _parameters(scheme: Scheme, shifts: Sequence[float], conditions: Conditions) -> dict[str, Any]:
    values = asdict(scheme) | {"lambda": scheme.lam, "rules": list(scheme.rules)}
    if scheme.multivariate:
        values["width"] = scheme.h
    shown = {name: values[name] for name in _SHOWN[scheme.chart]}
    if scheme.chart == "rules":
        shown["states"] = machine_of(scheme)[1].states
    shown |= {
        "chart": scheme.chart, "one_sided": scheme.one_sided, "shift": list(shifts),
        "spread": conditions.spread, "phi": conditions.phi, "steady_state": conditions.steady,
        "estimated_from": conditions.estimated_from,
    }  # fmt: skip
    if conditions.estimated_from is not None:
        shown["sigma_method"] = conditions.sigma_method
    return shown
