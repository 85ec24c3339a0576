"""Figures: pure functions from results to Plotly figures, one family of them a module.

They draw SVG (Scatter, not Scattergl), compute nothing beyond where to put things, and take the
colours of the theme as an argument.
"""

from __future__ import annotations

from dashboards.figures.capability import Specified, capability_histogram, index_intervals
from dashboards.figures.control import control_chart, statistic_name
from dashboards.figures.forecast import ForecastLot, finish_intervals, yield_intervals
from dashboards.figures.line import lot_yield_points, state_shares
from dashboards.figures.marks import ChartLabels
from dashboards.figures.quality import (
    Response,
    prior_share_bars,
    response_curve,
    survival_curve,
)
from twin.reporting.drawing.thinning import DRAWN_POINTS, kept_points
from twin.reporting.evidence_marks import EvidencePoint

__all__ = [
    "DRAWN_POINTS",
    "ChartLabels",
    "EvidencePoint",
    "ForecastLot",
    "Response",
    "Specified",
    "capability_histogram",
    "control_chart",
    "finish_intervals",
    "index_intervals",
    "kept_points",
    "lot_yield_points",
    "prior_share_bars",
    "response_curve",
    "state_shares",
    "statistic_name",
    "survival_curve",
    "yield_intervals",
]
