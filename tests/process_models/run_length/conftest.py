"""Reference figures, and run lengths simulated in the plainest way, without code of the room."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

CASES = Path(__file__).resolve().parents[2] / "cases" / "run_length.json"

Step = Callable[[float], bool]


@dataclass(frozen=True)
class Estimate:
    """Mean of simulated run lengths, with its standard error."""

    mean: float
    standard_error: float

    def agrees_with(self, arl: float, errors: float = 4.0) -> bool:
        return abs(self.mean - arl) <= errors * self.standard_error


@pytest.fixture(scope="session")
def case() -> Callable[[str], dict[str, Any]]:
    """What is expected in the reference case whose id begins with a text."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))

    def find(prefix: str) -> dict[str, Any]:
        return dict(next(c for c in cases if c["id"].startswith(prefix))["expected"])

    return find


@pytest.fixture(scope="session")
def estimate() -> Callable[[NDArray[np.int64]], Estimate]:
    def of(lengths: NDArray[np.int64]) -> Estimate:
        return Estimate(float(lengths.mean()), float(lengths.std(ddof=1) / len(lengths) ** 0.5))

    return of


@pytest.fixture(scope="session")
def simulate_plainly(
    estimate: Callable[[NDArray[np.int64]], Estimate],
) -> Callable[..., Estimate]:
    """Run one chart after another, a value at a time."""

    def run(
        new_chart: Callable[[], Step], values: Callable[[], Iterator[float]], times: int
    ) -> Estimate:
        lengths = []
        for _ in range(times):
            step = new_chart()
            lengths.append(next(n for n, x in enumerate(values(), start=1) if step(x)))
        return estimate(np.array(lengths))

    return run


@pytest.fixture
def normal_values() -> Callable[..., Callable[[], Iterator[float]]]:
    """Endless normal values, autocorrelated when asked, from one seeded stream."""

    def make(
        seed: int, shift: float = 0.0, spread: float = 1.0, phi: float = 0.0
    ) -> Callable[[], Iterator[float]]:
        rng = np.random.default_rng(seed)

        def values() -> Iterator[float]:
            noise = float(rng.standard_normal())
            while True:
                for fresh in rng.standard_normal(256).tolist():
                    yield shift + spread * noise
                    noise = phi * noise + (1 - phi * phi) ** 0.5 * fresh

        return values

    return make
