"""Measurement-system analysis: can the measurement be believed?

`crossed`, `nested` and `expanded` split the variation of a study into parts, operators and the
gauge; `type1`, `bias`, `linearity` and `stability` compare a gauge with references; `agreement`
does the same for judgements. `cells` gives what is drawn. Control charts come from
`process_models.spc`, next door.
"""

from __future__ import annotations

from process_models.gauge.agreement import Agreement, AgreementStudy, agreement
from process_models.gauge.anova import AnovaRow
from process_models.gauge.bias import BiasStudy, Type1Study, bias, type1
from process_models.gauge.cells import Cells, cells
from process_models.gauge.crossed import crossed
from process_models.gauge.example import ExampleStudy, example_study
from process_models.gauge.expanded import expanded
from process_models.gauge.intervals import Interval
from process_models.gauge.kappa import Kappa, cohen, fleiss
from process_models.gauge.linearity import LinearityStudy, linearity
from process_models.gauge.nested import nested
from process_models.gauge.options import GaugeOptions
from process_models.gauge.stability import StabilityStudy, stability
from process_models.gauge.study import GaugeStudy, verdict

__all__ = [
    "Agreement",
    "AgreementStudy",
    "AnovaRow",
    "BiasStudy",
    "Cells",
    "ExampleStudy",
    "GaugeOptions",
    "GaugeStudy",
    "Interval",
    "Kappa",
    "LinearityStudy",
    "StabilityStudy",
    "Type1Study",
    "agreement",
    "bias",
    "cells",
    "cohen",
    "crossed",
    "example_study",
    "expanded",
    "fleiss",
    "linearity",
    "nested",
    "stability",
    "type1",
    "verdict",
]
