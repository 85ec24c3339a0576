"""Values as rational subgroups, and the chart that says whether they were in control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, ChartResult, chart

__all__ = ["drawn_chart", "rows_of"]


def rows_of(
    numbers: NDArray[np.float64], subgroup: Sequence[str] | None
) -> NDArray[np.float64] | None:
    """One row a label, in order of first appearance; None where all subgroups are single values.

    Parameters
    ----------
    numbers : (n,) array
    subgroup : sequence of n labels or None

    Returns
    -------
    (k, m) array or None
        nan where a ragged subgroup has no value.

    Raises
    ------
    InputError
        When there are not as many labels as values.

    >>> rows_of(np.array([1.0, 2.0, 3.0]), ["a", "b", "a"]).tolist()
    [[1.0, 3.0], [2.0, nan]]
    """
    if subgroup is None:
        return None
    if len(subgroup) != numbers.size:
        raise InputError(f"subgroup must be {numbers.size} labels, got {len(subgroup)}")
    members: dict[str, list[float]] = {}
    for label, number in zip(subgroup, numbers.tolist(), strict=True):
        members.setdefault(label, []).append(number)
    largest = max(map(len, members.values()))
    if largest == 1:
        return None
    return np.array([row + [np.nan] * (largest - len(row)) for row in members.values()])


def drawn_chart(
    numbers: NDArray[np.float64],
    rows: NDArray[np.float64] | None,
    sigma: float | None = None,
    method: str | None = None,
    constants: str = "exact",
) -> ChartResult:
    """Means and ranges of subgroups, or single values and moving ranges.

    Parameters
    ----------
    numbers : (n,) array
    rows : (k, m) array or None
        From `rows_of`.
    sigma : float or None
        Known; None means estimated.
    method : str or None
        How it is estimated; None means the usual one of the chart.
    constants : str
        `exact`, or `rounded` as tables print them.

    Raises
    ------
    InputError
        When sigma is not above 0 or the method does not suit the values.
    """
    if sigma is not None and not (np.isfinite(sigma) and sigma > 0):
        raise InputError(f"sigma_within must be above 0, got {sigma:g}")
    rounding = cast(Literal["exact", "rounded"], constants)  # judged by the options
    options = ChartOptions(sigma=sigma, sigma_method=method, constants=rounding)
    if rows is None:
        return chart("i_mr", ChartData(numbers), options)
    return chart("xbar_r", ChartData(rows), options)
