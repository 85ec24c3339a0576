"""Judges the forecasts on reference plants with hidden parameters: coverage and CRPS, by quantity.

    python tools/forecast_campaign.py FOLDER [--plants 20] [--weeks 8] [--every-h 53]

Every plant is kept in FOLDER when it is done, so a campaign that was broken off goes on; two
processes share the work.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import time
from pathlib import Path

from twin.forecasting.judging.campaign import JudgedPlant, judge_plant, plant_tables, times_of
from twin.forecasting.judging.outcomes import Judged
from twin.forecasting.judging.verdict import Verdict, verdict
from twin.forecasting.telling import Site
from twin.line import read_line
from twin.monitoring.plan import reference_plan
from twin.recipe import Recipe
from twin.settings import data_folder

__all__ = ["combined", "main", "one_plant", "reference_site"]

FIRST_SEED, FIRST_DAY = 101, 10.37


def reference_site() -> Site:
    """The reference line, its recipe and plan; nothing is said of cells."""
    line = read_line(data_folder() / "line.toml")
    return Site(line, Recipe(name="LACSS 40 s"), reference_plan())


def one_plant(seed: int, weeks: float, every_h: float, folder: Path) -> Path:
    """Judge one plant, unless that has been done."""
    path = folder / f"plant-{seed}.pickle"
    if path.exists():
        return path
    began, site = time.monotonic(), reference_site()
    tables = plant_tables(site, seed=seed, days=7 * weeks + 1)
    times = times_of(tables, first_day=FIRST_DAY, every_h=every_h)
    found = judge_plant(tables, site, times, seed=seed)
    partial = path.with_suffix(".part")
    partial.write_bytes(pickle.dumps(found))
    partial.replace(path)
    print(f"plant {seed}: {len(found.judged)} cases, {time.monotonic() - began:.0f} s",
          file=sys.stderr)  # fmt: skip
    return path


def combined(plants: list[JudgedPlant]) -> Verdict:
    """All plants together."""
    cases: list[Judged] = []
    scores: dict[str, dict[int, float]] = {}
    for plant in plants:
        for name, own in plant.baselines.items():
            shifted = {len(cases) + place: value for place, value in own.items()}
            scores.setdefault(name, {}).update(shifted)
        cases += plant.judged
    return verdict(cases, scores)


def main(arguments: list[str] | None = None) -> None:
    """Run or go on with a campaign, and print its verdict as JSON."""
    from joblib import Parallel, delayed

    parser = argparse.ArgumentParser(description="Judge forecasts on reference plants.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plants", type=int, default=20)
    parser.add_argument("--weeks", type=float, default=8.0)
    parser.add_argument("--every-h", type=float, default=53.0)
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    seeds = range(FIRST_SEED, FIRST_SEED + chosen.plants)
    paths = Parallel(n_jobs=2)(
        delayed(one_plant)(seed, chosen.weeks, chosen.every_h, chosen.folder) for seed in seeds
    )
    plants = [pickle.loads(path.read_bytes()) for path in paths]
    print(json.dumps(combined(plants).to_dict(), indent=1))


if __name__ == "__main__":
    main()
