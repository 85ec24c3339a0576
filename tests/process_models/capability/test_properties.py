"""What capability obeys whatever the data: units, order, mirror images, nested intervals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.capability import CapabilityResult, binomial_capability, capability

SEEDS = st.integers(0, 10_000)
SUBGROUPS = np.repeat(np.arange(20), 5).astype(str).tolist()
FITTED = ("lognormal", "weibull", "gamma", "johnson", "boxcox")


def readings(seed: int, n: int = 100) -> np.ndarray:
    return np.random.default_rng(seed).normal(60.0, 1.0, n)


def study(values: np.ndarray, **given: Any) -> CapabilityResult:
    limits = {"lsl": 56.0, "usl": 65.0, "target": 60.0, **given}
    return capability(values, **limits)


def numbers(result: CapabilityResult) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {name: (i.value, i.low, i.high) for name, i in result.indices.items()}


@settings(max_examples=25)
@given(seed=SEEDS, scale=st.floats(1e-6, 1e6), offset=st.floats(-1e3, 1e3), grouped=st.booleans())
def test_another_unit_changes_no_index(
    seed: int, scale: float, offset: float, grouped: bool
) -> None:
    values = readings(seed)
    labels = SUBGROUPS if grouped else None
    here = study(values, subgroup=labels)
    limits = {n: scale * (v + offset) for n, v in (("lsl", 56.0), ("usl", 65.0), ("target", 60.0))}
    there = study(scale * (values + offset), subgroup=labels, **limits)
    for name, index in numbers(here).items():
        assert numbers(there)[name] == pytest.approx(index, rel=1e-6, abs=1e-9)
    assert there.mean == pytest.approx(scale * (here.mean + offset), rel=1e-9, abs=1e-9 * scale)
    assert there.sigma_within == pytest.approx(scale * here.sigma_within, rel=1e-6)
    assert there.in_control == here.in_control
    total = here.ppm["expected_overall"]["total"]
    assert there.ppm["expected_overall"]["total"] == pytest.approx(total, rel=1e-4, abs=1e-6)


@settings(max_examples=25)
@given(seed=SEEDS, grouped=st.booleans())
def test_in_the_mirror_lower_and_upper_change_places(seed: int, grouped: bool) -> None:
    values = readings(seed)
    labels = SUBGROUPS if grouped else None
    here = numbers(study(values, subgroup=labels))
    mirrored = study(-values, lsl=-65.0, usl=-56.0, target=-60.0, subgroup=labels)
    there = numbers(mirrored)
    swapped = {"cpl": "cpu", "cpu": "cpl", "ppl": "ppu", "ppu": "ppl"}
    for name, index in here.items():
        assert there[swapped.get(name, name)] == pytest.approx(index, rel=1e-9)


@settings(max_examples=25)
@given(seed=SEEDS, lsl=st.floats(50, 59), usl=st.floats(61, 70), grouped=st.booleans())
def test_indices_have_their_order(seed: int, lsl: float, usl: float, grouped: bool) -> None:
    found = {
        name: value
        for name, (value, _, _) in numbers(
            study(readings(seed), lsl=lsl, usl=usl, subgroup=SUBGROUPS if grouped else None)
        ).items()
        if value is not None
    }
    assert found["cpk"] == min(found["cpl"], found["cpu"]) <= found["cp"] + 1e-12
    assert found["ppk"] == min(found["ppl"], found["ppu"]) <= found["pp"] + 1e-12
    assert found["cpm"] <= found["pp"] + 1e-12
    assert (found["cpl"] + found["cpu"]) / 2 == pytest.approx(found["cp"])
    assert (found["ppl"] + found["ppu"]) / 2 == pytest.approx(found["pp"])


@settings(max_examples=15)
@given(seed=SEEDS, grouped=st.booleans())
def test_more_confidence_gives_an_interval_around_the_other(seed: int, grouped: bool) -> None:
    values = readings(seed)
    labels = SUBGROUPS if grouped else None
    levels = [
        numbers(study(values, subgroup=labels, confidence=level)) for level in (0.5, 0.9, 0.99)
    ]
    for narrow, wide in pairwise(levels):
        for name, (value, low, high) in narrow.items():
            assert value is not None
            assert low is not None
            assert high is not None
            assert wide[name][0] == value
            assert wide[name][1] <= low <= value <= high <= wide[name][2]


@settings(max_examples=15)
@given(seed=SEEDS, wider=st.floats(0.01, 5.0))
def test_a_wider_specification_is_never_harder_to_meet(seed: int, wider: float) -> None:
    values = readings(seed)
    tight, loose = study(values), study(values, lsl=56.0 - wider, usl=65.0 + wider)
    for name in ("cp", "cpk", "pp", "ppk", "cpm"):
        assert loose.indices[name].value > tight.indices[name].value
    for kind in ("observed", "expected_within", "expected_overall"):
        assert loose.ppm[kind]["total"] <= tight.ppm[kind]["total"]


@settings(max_examples=15)
@given(seed=SEEDS)
def test_the_order_of_values_matters_within_and_not_overall(seed: int) -> None:
    values = readings(seed)
    given_order, sorted_values = study(values), study(np.sort(values))
    for name in ("pp", "ppk", "cpm"):
        assert numbers(sorted_values)[name] == pytest.approx(numbers(given_order)[name], rel=1e-9)
    assert sorted_values.indices["cp"].value > 3 * given_order.indices["cp"].value
    assert not sorted_values.in_control


@settings(max_examples=10)
@given(seed=SEEDS)
def test_one_limit_gives_the_index_of_its_side_alone(seed: int) -> None:
    values = readings(seed)
    both, upper = study(values), study(values, lsl=None, target=None)
    assert upper.indices["cpu"] == both.indices["cpu"] == upper.indices["cpk"]
    assert upper.indices["ppu"] == upper.indices["ppk"]
    for name in ("cp", "cpl", "pp", "ppl", "cpm"):
        assert upper.indices[name].value is None


def test_inputs_are_not_changed() -> None:
    values = readings(1)
    before = values.copy()
    study(values, subgroup=SUBGROUPS)
    assert np.array_equal(values, before)


@pytest.mark.parametrize("family", FITTED)
def test_a_fitted_family_judges_alike_in_another_unit(family: str) -> None:
    values = np.random.default_rng(3).lognormal(0.0, 0.4, 120)
    here = capability(values, usl=6.0, lsl=0.1, distribution=family)
    there = capability(1000 * values, usl=6000.0, lsl=100.0, distribution=family)
    for name in ("pp", "ppk", "ppu", "ppl"):
        assert there.indices[name].value == pytest.approx(here.indices[name].value, rel=2e-3)


@pytest.mark.parametrize("family", FITTED)
def test_a_fitted_family_keeps_the_order_of_indices_and_intervals(family: str) -> None:
    values = np.random.default_rng(4).lognormal(0.0, 0.3, 120)
    result = capability(values, usl=4.0, lsl=0.2, distribution=family)
    found = result.indices
    assert found["ppk"].value == min(found["ppl"].value, found["ppu"].value)
    for name in ("pp", "ppk", "ppl", "ppu"):
        assert found[name].low <= found[name].value <= found[name].high


@settings(max_examples=25)
@given(
    counts=st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(sum),
    confidence=st.sampled_from([0.5, 0.9, 0.99]),
)
def test_the_rate_of_defectives_lies_in_its_interval(counts: list[int], confidence: float) -> None:
    found = binomial_capability(counts, [50] * len(counts), confidence=confidence).to_dict()
    share = sum(counts) / (50 * len(counts))
    interval = found["proportion"]
    assert interval["value"] == pytest.approx(share)
    assert 0 <= interval["low"] <= share <= interval["high"] <= 1
