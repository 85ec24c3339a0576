"""Run-to-run control: by hand, limits, stability, and closed loops on drifting processes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.run_to_run import Controller, run_loop, spectral_radius

PLAIN = Controller(target=10.0, reference=5.0, gain=2.0, weight=0.5)


def test_one_lot_by_hand() -> None:
    level, drift = PLAIN.follow(np.array([12.0]), np.array([5.5]))
    assert (level, drift) == (11.0, 0.0)
    assert PLAIN.move(level, drift, 5.5).setting == 4.5


def test_three_lots_by_hand() -> None:
    level, _ = PLAIN.follow(np.array([10.0, 12.0, 12.0]), np.full(3, 5.0))
    assert level == 11.5


def test_the_drift_by_hand() -> None:
    both = replace(PLAIN, drift_weight=0.5)
    level, drift = both.follow(np.array([10.0, 11.0, 12.0]), np.full(3, 5.0))
    # 10; 10.5 and 0.25; 10.75 + (12 - 10.75)/2 = 11.375 and 0.25 + (0.875 - 0.25)/2 = 0.5625
    assert (level, drift) == (11.375, 0.5625)


@pytest.mark.parametrize(
    ("level", "setting", "by"),
    [(10.0, 5.0, "deadband"), (10.4, 4.8, ""), (12.0, 4.7, "move"), (10.05, 5.0, "deadband")],
)
def test_moves_are_limited(level: float, setting: float, by: str) -> None:
    tight = replace(PLAIN, largest_move=0.3, low=4.0, high=6.0, deadband=0.1)
    move = tight.move(level, 0.0, 5.0)
    assert move.setting == pytest.approx(setting)
    assert move.limited_by == by


def test_the_window_holds_however_far_it_would_go() -> None:
    tight = replace(PLAIN, low=4.9, high=5.1)
    assert tight.move(1000.0, 0.0, 5.0).setting == 4.9
    assert tight.move(1000.0, 0.0, 5.0).limited_by == "window"
    assert tight.move(-1000.0, 0.0, 5.0).setting == 5.1


@pytest.mark.parametrize("mismatch", [0.5, 1.0, 1.9, 3.9, 4.5, -0.2])
def test_without_drift_stability_is_that_of_ingolfsson_and_sachs(mismatch: float) -> None:
    assert (spectral_radius(0.5, 0.0, mismatch) < 1) == (0 < 0.5 * mismatch < 2)


@pytest.mark.parametrize("mismatch", [1.5, 3.0, 5.0])
def test_errors_die_out_as_fast_as_the_radius_says(mismatch: float) -> None:
    loop = Controller(target=0.0, reference=0.0, gain=1.0, weight=0.4, drift_weight=0.2)
    made = np.abs(run_loop(
        loop, np.ones((1, 120)), np.zeros((1, 120)), np.array([mismatch])
    ).outputs[0])  # fmt: skip
    rate = (made[80:100].max() / made[40:60].max()) ** (1 / 40)
    assert rate == pytest.approx(spectral_radius(0.4, 0.2, mismatch), rel=1e-3)


def test_a_steady_drift_is_met_with_the_second_average_only() -> None:
    levels = np.arange(200.0)[None, :] * 0.01
    quiet, gains = np.zeros_like(levels), np.ones(1)
    loop = Controller(target=0.0, reference=0.0, gain=1.0, weight=0.3)
    lagging = run_loop(loop, levels, quiet, gains).outputs[0, -1]
    following = run_loop(replace(loop, drift_weight=0.1), levels, quiet, gains).outputs[0, -1]
    assert lagging == pytest.approx(0.01 / 0.3, rel=0.01)
    assert abs(following) < 0.002


def campaign(gain_of: float, plants: int, seed: int) -> float:
    """Share of drifting plants that come out nearer to the target than if left alone."""
    rng = np.random.default_rng(seed)
    better = 0
    for _ in range(plants):
        gain = float(np.exp(0.3 * rng.standard_normal())) * float(rng.choice([-1.0, 1.0]))
        slope = 0.05 * rng.standard_normal()
        levels = slope * np.arange(60.0) + np.cumsum(0.1 * rng.standard_normal(60))
        believed = gain_of * abs(gain) * float(np.exp(0.2 * rng.standard_normal())) * np.sign(gain)
        loop = Controller(
            target=0.0, reference=0.0, gain=float(believed), weight=0.4, largest_move=0.5,
            low=-20.0, high=20.0,
        )  # fmt: skip
        made = run_loop(
            loop, levels[None], 0.2 * rng.standard_normal((1, 60)), np.array([gain])
        ).outputs
        better += float(np.mean(made**2)) < float(np.mean(levels**2))
    return better / plants


def test_drifting_plants_come_out_nearer(rounds: object) -> None:
    plants = rounds(60, 3000)  # type: ignore[operator]
    assert campaign(1.0, plants, 5) > 0.75


def test_control_a_wrong_sign_makes_them_worse() -> None:
    assert campaign(-1.0, 40, 5) < 0.2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gain": 0.0}, "gain must be finite and not 0"),
        ({"weight": 0.0}, "weight must be above 0 and at most 1"),
        ({"drift_weight": 1.5}, "drift_weight must be from 0 to 1"),
        ({"largest_move": 0.0}, "largest_move must be above 0"),
        ({"low": 6.0, "high": 5.0}, "low must be below high"),
        ({"deadband": -1.0}, "deadband must be at least 0"),
    ],
)
def test_what_is_no_controller_is_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(PLAIN, **change)


def test_lots_without_settings_are_refused() -> None:
    with pytest.raises(InputError, match="outputs and settings must be as many"):
        PLAIN.follow(np.ones(2), np.ones(3))
