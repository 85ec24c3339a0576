from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from twin.forecasting.good_share import SPELL_LOTS, Spells, draw_good_share, past_spells, spells_of

NONE_KNOWN = Spells(np.array([]), np.array([]))


def test_spells_are_whole_and_the_newest_lots_are_in_them() -> None:
    yields = [0.0] * 3 + [1.0] * SPELL_LOTS + [0.8] * SPELL_LOTS
    spells = spells_of(yields, 0.9)
    assert spells.conforming.tolist() == [1.0, 0.0]
    assert spells.area == pytest.approx([1.0, 0.8])


def test_fewer_lots_than_a_spell_are_none() -> None:
    assert len(spells_of([1.0] * (SPELL_LOTS - 1), 0.9).area) == 0


def test_without_past_the_prior_is_wide() -> None:
    """One spell ahead, 4,000 futures, seed 1: Beta(1.8, 0.6) has mean 0.75."""
    share = draw_good_share(NONE_KNOWN, np.full(4000, SPELL_LOTS), np.random.default_rng(1))
    assert share.conforming.mean() == pytest.approx(0.75, abs=0.02)
    assert np.quantile(share.conforming, 0.05) < 0.3


def test_much_past_overrules_the_prior() -> None:
    """400 spells of 0.5 against 5 of the prior, one spell ahead, 2,000 futures, seed 1."""
    known = Spells(np.full(400, 0.5), np.full(400, 0.9))
    share = draw_good_share(known, np.full(2000, SPELL_LOTS), np.random.default_rng(1))
    assert np.mean(share.conforming == 0.5) > 0.95
    assert share.area.mean() == pytest.approx(0.9, abs=0.02)


def test_a_longer_horizon_is_surer_of_its_share() -> None:
    rng = np.random.default_rng(1)
    short = draw_good_share(NONE_KNOWN, np.full(2000, SPELL_LOTS), rng)
    longer = draw_good_share(NONE_KNOWN, np.full(2000, 9 * SPELL_LOTS), rng)
    assert longer.conforming.std() == pytest.approx(short.conforming.std() / 3, rel=0.1)


def test_a_future_without_lots_has_a_share_all_the_same() -> None:
    share = draw_good_share(NONE_KNOWN, np.array([0, 5]), np.random.default_rng(1))
    assert ((share.conforming >= 0) & (share.conforming <= 1)).all()


def test_spells_of_a_plant_that_works(plant_days: Any) -> None:
    events = plant_days.store.events()
    finishes = events[events["event"] == "finish"]
    spells = past_spells(
        plant_days.store, plant_days.plan, finishes, "inspect", plant_days.end
    )
    assert 2 <= len(spells.area) <= 5
    early = past_spells(
        plant_days.store, plant_days.plan, finishes, "inspect",
        plant_days.start + timedelta(hours=6),
    )
    assert len(early.area) == 0
    assert (spells.area >= spells.conforming - 1e-9).all()
    assert spells.area.mean() > 0.8
