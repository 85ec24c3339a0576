"""Many charts of one kind that all get their next point together, as a plant's tags do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from process_models.errors import InputError
from process_models.spc.arrays import FloatArray
from process_models.spc.bank_kinds import BANKS, BankPanel
from process_models.spc.bank_rules import RuleBank
from process_models.spc.limits import FrozenLimits
from process_models.spc.options import ChartOptions
from process_models.spc.result import Signal
from process_models.spc.rules import parse_rules, within_scope

__all__ = ["BankUpdate", "StreamBank"]

_DEFAULT = ChartOptions()


@dataclass(frozen=True, eq=False)
class BankUpdate:
    """What one more point did on every chart.

    Attributes
    ----------
    point : int
        Its number, from 1.
    panels : tuple of BankPanel
        One value a chart of points and lines.
    broken : mapping of (panel, rule) to (m,) array of int
        Charts, from 0, on which the rule is broken; pairs without any are left out.
    """

    point: int
    panels: tuple[BankPanel, ...]
    broken: Mapping[tuple[str, str], NDArray[np.intp]]

    def signals(self, chart: int) -> tuple[Signal, ...]:
        """Signals of one chart."""
        return tuple(
            Signal(panel, self.point, rule)
            for (panel, rule), charts in self.broken.items()
            if chart in charts
        )


class StreamBank:
    """`Stream` for many charts of one kind, one point each with every call.

    Every chart has the bits that a `Stream` of its own has. Options are common to all; kinds are
    those of `BANKS`.

    Parameters
    ----------
    limits : sequence of FrozenLimits
        One a chart, all of one kind.
    options : ChartOptions

    Raises
    ------
    InputError
        When there are no limits, kinds differ, or the kind has no bank.

    >>> limits = [FrozenLimits("i_mr", 20, (), {"centre": c, "sigma": 1.0}) for c in (5.0, 9.0)]
    >>> bank = StreamBank(limits)
    >>> bank.update(np.array([5.1, 9.2])).broken
    {}
    >>> bank.update(np.array([9.9, 9.1])).broken
    {('individual', 'beyond_limits'): array([0]), ('moving_range', 'beyond_limits'): array([0])}
    """

    def __init__(self, limits: Sequence[FrozenLimits], options: ChartOptions = _DEFAULT) -> None:
        kinds = sorted({each.kind for each in limits})
        if len(kinds) != 1:
            raise InputError(f"a bank needs charts of one kind, got {', '.join(kinds) or 'none'}")
        if kinds[0] not in BANKS:
            known = ", ".join(BANKS)
            raise InputError(f"a bank takes charts of kind {known}, got {kinds[0]!r}")
        self._kind = BANKS[kinds[0]](limits, options)
        self._charts = len(limits)
        self._asked = parse_rules(options.rules)
        self._rules: dict[str, RuleBank] = {}
        self.points = 0

    def update(self, values: FloatArray, sizes: FloatArray | None = None) -> BankUpdate:
        """The next value, or subgroup, of every chart.

        Parameters
        ----------
        values : (charts,) or (charts, m) array
            Subgroups may be ragged, with nan where there is no value.
        sizes : (charts,) array, optional
            Sample sizes or areas of counts.

        Raises
        ------
        InputError
            When there is not one value a chart, or a value is not finite.
        """
        given = np.asarray(values, dtype=np.float64)
        if given.shape[:1] != (self._charts,):
            raise InputError(f"a bank of {self._charts} charts needs so many values a call")
        finite = np.isfinite(given)
        if not finite.reshape(self._charts, -1).any(axis=1).all() or np.isinf(given).any():
            raise InputError("every value of a bank must be finite")
        panels = self._kind.advance(given, sizes)
        self.points += 1
        broken: dict[tuple[str, str], NDArray[np.intp]] = {}
        for panel in panels:
            self._judge(panel, broken)
        return BankUpdate(self.points, panels, broken)

    def _judge(self, panel: BankPanel, broken: dict[tuple[str, str], NDArray[np.intp]]) -> None:
        name = panel.statistic
        suited = within_scope(self._asked, panel.scope)
        found = {}
        if any(rule.pattern != "limits" for rule in suited):
            if name not in self._rules:
                self._rules[name] = RuleBank(suited, self._charts)
            found = self._rules[name].advance(panel.points, panel.standardised())
        for rule in suited:
            flags = panel.beyond() if rule.pattern == "limits" else found[rule.name]
            if flags.any():
                broken[name, rule.name] = np.flatnonzero(flags)
