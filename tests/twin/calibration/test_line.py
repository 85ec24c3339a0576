"""A calibrated line: what it draws, keeps, proposes, and who may approve it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from twin.calibration import calibrated
from twin.calibration.process import estimated, process_parameters
from twin.calibration.proposals import approved, decide, proposals, propose, restored
from twin.monitoring.audit import AuditLog
from twin.recipe import Recipe
from twin.settings import Settings
from twin.store import Store


@pytest.fixture(scope="module")
def fitted(plant_days: Any) -> Any:
    return calibrated(plant_days.store, plant_days.line, plant_days.start + timedelta(days=2))


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(Settings(tmp_path, f"sqlite:///{tmp_path / 'lacss.db'}")) as opened:
        yield opened


def test_two_days_of_a_plant_give_its_pace(fitted: Any, plant_days: Any) -> None:
    from twin.live.commissioning import draw_plant

    truth = draw_plant(plant_days.line, plant_days.recipe.settings, seed=5, until_s=1.0)
    for station, factor in truth.service_factors.items():
        assert fitted.factors[station] == pytest.approx(factor, rel=0.05)


def test_what_came_later_does_not_count(plant_days: Any, fitted: Any) -> None:
    at = plant_days.start + timedelta(days=2)
    again = calibrated(plant_days.store, plant_days.line, at)
    assert again.to_dict() == fitted.to_dict()
    later = calibrated(plant_days.store, plant_days.line, at + timedelta(hours=20))
    assert later.to_dict() != fitted.to_dict()


def test_futures_have_parameters_of_their_own(fitted: Any) -> None:
    drawn = fitted.draw(np.random.default_rng(1), 400)
    assert drawn.service["roll"].shape == (400, 2)
    sd = float(np.std(drawn.to_failure["roll"][:, 0]))
    assert 0.15 < sd < 0.8
    assert np.std(drawn.service["roll"][:, 0]) < 0.03
    assert np.all((drawn.scrap["roll"] > 0) & (drawn.scrap["roll"] < 0.1))
    assert np.all(drawn.scrap["unwind"] == 0)


def test_an_unknown_line_is_as_its_file_says(store: Store, plant_days: Any) -> None:
    found = calibrated(store, plant_days.line, datetime(2026, 1, 5, tzinfo=UTC))
    assert set(found.factors.values()) == {1.0}
    assert found.line is plant_days.line


def test_a_calibration_is_kept_whole(fitted: Any, plant_days: Any) -> None:
    again = restored(json.loads(json.dumps(fitted.to_dict())), plant_days.line)
    assert json.dumps(again.to_dict(), sort_keys=True) == pytest.approx(
        json.dumps(fitted.to_dict(), sort_keys=True)
    ) or again.factors == pytest.approx(fitted.factors)
    assert again.as_of == fitted.as_of


def test_a_proposal_is_approved_with_a_reason_and_audited(
    store: Store, fitted: Any, plant_days: Any
) -> None:
    assert approved(store, plant_days.line) is None
    number = propose(store, fitted, reason="roll takes longer")
    assert [one.state for one in proposals(store)] == ["proposed"]
    done = decide(store, number, approve=True, user="eve", reason="seen at the mill")
    assert (done.state, done.user) == ("approved", "eve")
    found = approved(store, plant_days.line)
    assert found is not None
    assert found.factors == pytest.approx(fitted.factors)
    entry = AuditLog(store).entries()[-1]
    assert (entry.user, entry.action) == ("eve", "calibration.approved")
    assert entry.reason == "seen at the mill"
    with pytest.raises(InputError, match=f"proposal {number} was approved by eve"):
        decide(store, number, approve=False, user="eve", reason="again")


def test_a_rejected_proposal_changes_nothing(store: Store, fitted: Any, plant_days: Any) -> None:
    number = propose(store, fitted, reason="test")
    decide(store, number, approve=False, user="eve", reason="a holiday crew")
    assert approved(store, plant_days.line) is None
    told = proposals(store)[0].to_dict()
    assert told["state"] == "rejected"
    assert {"station", "parameter", "old", "new", "sd_ln"} == set(told["changes"][0])


def test_a_second_proposal_shows_what_changes(store: Store, fitted: Any, plant_days: Any) -> None:
    decide(store, propose(store, fitted, reason="one"), approve=True, user="eve", reason="yes")
    propose(store, fitted, reason="two")
    assert proposals(store)[1].to_dict()["changes"] == []


@pytest.mark.parametrize(
    ("number", "user", "reason", "message"),
    [(7, "eve", "x", "must be one of"), (1, "eve", " ", "reason must not be empty")],
)
def test_decisions_that_are_none_are_refused(
    store: Store, fitted: Any, number: int, user: str, reason: str, message: str
) -> None:
    propose(store, fitted, reason="one")
    with pytest.raises(InputError, match=message):
        decide(store, number, approve=True, user=user, reason=reason)
    with pytest.raises(InputError, match="reason must not be empty"):
        propose(store, fitted, reason="")


def test_process_parameters_of_a_plant(plant_days: Any) -> None:
    """Vapour pressure rises 7.2 % a kelvin; a soft mill copies part of the foil's excess."""
    found = process_parameters(plant_days.store, plant_days.recipe, plant_days.end)
    by_name = {one.name: one for one in found.estimates}
    kelvin = by_name["loading_per_kelvin"]
    assert kelvin.low < 0.072 < kelvin.high + 0.006
    mill = by_name["mill_transmission"]
    assert 0.1 < mill.low < mill.value < mill.high < 0.7
    assert by_name["loading_level"].low <= by_name["loading_level"].value
    for one in found.estimates:
        assert one.low <= one.value <= one.high


def test_what_was_not_measured_is_said(plant_days: Any) -> None:
    read = plant_days.store.measurements(known_by=plant_days.start + timedelta(hours=6))
    found = estimated(read[read["station"] == "unwind"], Recipe(name="LACSS 40 s"))
    assert not found.estimates
    assert any("mill_transmission" in one for one in found.missing)
    nothing = estimated(read.iloc[:0], Recipe(name="LACSS 40 s"))
    assert all("no measurements" in one for one in nothing.missing)
