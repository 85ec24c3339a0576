"""Every kind of chart by name."""

from __future__ import annotations

from process_models.errors import InputError
from process_models.spc import (
    attributes,
    autocorrelated,
    between_within,
    cusum,
    ewma,
    generalized_variance,
    hotelling,
    individuals,
    laney,
    mcusum,
    mewma,
    moving_average,
    principal_components,
    rare,
    short_run,
    xbar,
    zone,
)
from process_models.spc.family import ChartKind

__all__ = ["CHARTS", "find_kind"]

_FAMILIES = (
    xbar, individuals, between_within, moving_average, zone, short_run, attributes, laney, rare,
    ewma, cusum, hotelling, generalized_variance, mewma, mcusum, principal_components,
    autocorrelated,
)  # fmt: skip
_KINDS: dict[str, ChartKind] = {kind.name: kind for family in _FAMILIES for kind in family.KINDS}

CHARTS: tuple[str, ...] = tuple(_KINDS)


def find_kind(name: str) -> ChartKind:
    """The chart called `name`.

    Raises
    ------
    InputError
        When there is none.
    """
    kind = _KINDS.get(name)
    if kind is None:
        raise InputError(f"chart must be one of {', '.join(CHARTS)}, got {name!r}")
    return kind
