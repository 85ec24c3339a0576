"""Statistical process control: one chart family a file, one result type for all of them.

`fit` makes frozen limits from Phase I, `evaluate` judges points against them, `chart` does both.
Run rules live in `rules`, constants in `constants`. Specification limits are not known here: they
belong to `process_models.capability`, next door.
"""

from __future__ import annotations

from process_models.spc.bank import BankUpdate, StreamBank
from process_models.spc.bank_kinds import BANKS, BankPanel
from process_models.spc.change_point import ChangePoint, Evidence, change_points
from process_models.spc.constants import c4, d2, d3, shewhart_factors
from process_models.spc.data import ChartData, PointError
from process_models.spc.engine import chart, evaluate, fit
from process_models.spc.limits import FrozenLimits
from process_models.spc.options import ChartOptions
from process_models.spc.registry import CHARTS
from process_models.spc.result import ChartResult, Panel, Signal
from process_models.spc.rules import RULE_SETS, RULES, Rule, parse_rules
from process_models.spc.stages import chart_stages
from process_models.spc.stream import Stream, StreamPoint, StreamUpdate, stream

__all__ = [
    "BANKS",
    "CHARTS",
    "RULES",
    "RULE_SETS",
    "BankPanel",
    "BankUpdate",
    "ChangePoint",
    "ChartData",
    "ChartOptions",
    "ChartResult",
    "Evidence",
    "FrozenLimits",
    "Panel",
    "PointError",
    "Rule",
    "Signal",
    "Stream",
    "StreamBank",
    "StreamPoint",
    "StreamUpdate",
    "c4",
    "change_points",
    "chart",
    "chart_stages",
    "d2",
    "d3",
    "evaluate",
    "fit",
    "parse_rules",
    "shewhart_factors",
    "stream",
]
