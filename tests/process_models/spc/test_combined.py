"""Shewhart limits beside a chart with a memory, and CUSUM of one side."""

from __future__ import annotations

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.spc import ChartData, ChartOptions, chart, fit, stream

KNOWN = {"centre": 10.0, "sigma": 2.0}
JUMP = ChartData(np.array([10.0, 11.0, 9.0, 17.5, 10.0]))


@pytest.mark.parametrize("kind", ["ewma", "cusum"])
def test_a_large_shift_is_seen_at_once(kind: str) -> None:
    """17.5 is 3.75 sigma from 10: beyond 3.5 sigma, not yet beyond the memory's limits."""
    alone = chart(kind, JUMP, ChartOptions(**KNOWN))
    combined = chart(kind, JUMP, ChartOptions(shewhart=3.5, **KNOWN))
    beside = combined.panels[-1]
    assert alone.signals == ()
    assert [(s.panel, s.point) for s in combined.signals] == [("shewhart", 4)]
    assert (beside.statistic, beside.lcl, beside.ucl) == ("shewhart", 3.0, 17.0)
    for a, b in zip(alone.panels, combined.panels, strict=False):
        assert np.array_equal(a.points, b.points)
    since = combined.since()[0]
    assert since is not None
    assert since.point == 4


def test_means_of_subgroups_have_their_own_error() -> None:
    data = ChartData(np.full((4, 4), 10.0))
    panel = chart("ewma", data, ChartOptions(shewhart=3.0, **KNOWN)).panels[1]
    assert (panel.lcl, panel.ucl) == (7.0, 13.0)


def test_run_rules_judge_the_panel_beside() -> None:
    data = ChartData(np.full(9, 10.5))
    options = ChartOptions(shewhart=3.0, rules=("nelson_2",), **KNOWN)
    assert [(s.panel, s.point) for s in chart("ewma", data, options).signals] == [("shewhart", 9)]


@pytest.mark.parametrize(("side", "name"), [("upper", "cusum_high"), ("lower", "cusum_low")])
def test_one_side_is_half_of_both(side: str, name: str) -> None:
    options = ChartOptions(side=side, **KNOWN)  # type: ignore[arg-type]
    (panel,) = chart("cusum", JUMP, options).panels
    both = chart("cusum", JUMP, ChartOptions(**KNOWN))
    assert panel.statistic == name
    assert np.array_equal(panel.points, both.panels[side == "lower"].points)


def test_combined_charts_are_streamed() -> None:
    options = ChartOptions(shewhart=3.5, side="upper", **KNOWN)
    fed = stream(fit("cusum", JUMP, options), options)
    updates = [fed.update(value) for value in JUMP.values]
    assert [len(update.signals) for update in updates] == [0, 0, 0, 1, 0]
    assert list(updates[0].panels) == ["cusum_high", "shewhart"]


def test_widths_and_sides_are_checked() -> None:
    with pytest.raises(InputError, match="shewhart must be above 0, got -1"):
        ChartOptions(shewhart=-1.0)
    with pytest.raises(InputError, match="side must be one of both, upper, lower"):
        ChartOptions(side="left")  # type: ignore[arg-type]
