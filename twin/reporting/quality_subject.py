"""What the report of a quality model is made from: fit, evidence, window, and ways to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from process_models.quality.bands import Bands, Outcome, bands_along
from process_models.quality.effects import BestTimes, Effect, best_time_shares, effects
from process_models.quality.setting import CellSetting
from twin.reporting.document import About

if TYPE_CHECKING:
    from process_models.quality import QualityModel, QualityPrediction
    from process_models.quality.comparison import MethodScore
    from process_models.quality.window import ProcessWindow
    from twin.evidence_origin import Statement

__all__ = ["QualityModelReport"]

_WINDOW_SHAPE = (31, 31, 5)


@dataclass(frozen=True, kw_only=True, eq=False)
class QualityModelReport:
    """A fitted quality model with what is known of it.

    Attributes
    ----------
    model : QualityModel
    evidence : sequence of Statement
        Cited and imported, those of the regression.
    methods : sequence of MethodScore
        Ways to fit, scored on rows left out; empty when nobody has compared them.
    stale : str
        Why the fit is out of date; empty when it is not.
    setting : CellSetting
        About which responses are drawn.
    hours : float
        Beyond which a cell should live.
    """

    model: QualityModel
    evidence: Sequence[Statement]
    about: About
    methods: Sequence[MethodScore] = ()
    stale: str = ""
    setting: CellSetting = field(default_factory=CellSetting)
    hours: float = 400.0

    @cached_property
    def predicted(self) -> QualityPrediction:
        """A new cell of the setting."""
        chosen = self.setting
        return self.model.predict(
            sublimation_time_s=chosen.sublimation_time_s,
            rolling_pressure_mpa=chosen.rolling_pressure_mpa,
            thickness_um=chosen.thickness_um,
            process=chosen.process,
            current_ma_cm2=chosen.current_ma_cm2,
            capacity_mah_cm2=chosen.capacity_mah_cm2,
        )

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """Of every input, before and after the evidence."""
        return effects(self.model.draws, self.model.record.prior_share)

    @cached_property
    def best_times(self) -> BestTimes:
        """The best exposure, before and after the evidence."""
        return best_time_shares(self.model.draws)

    @cached_property
    def window(self) -> ProcessWindow:
        """The process window of the default goal."""
        from process_models.quality.acceptance import Goal
        from process_models.quality.window import process_window

        return process_window(self.model, Goal(), shape=_WINDOW_SHAPE)

    def bands(self, along: str, outcome: Outcome = "ccd_ma_cm2") -> Bands:
        """One outcome along one input."""
        return bands_along(self.model.draws, self.setting, along, outcome, hours=self.hours)
