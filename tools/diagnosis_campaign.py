"""Judges diagnoses on reference plants with hidden parameters: is the true cause first, how sure?

    python tools/diagnosis_campaign.py FOLDER [--plants 200] [--seed 700001] [--processes 2]

Every plant has one trouble of random size, onset and length: a cause of the catalogue, or a made-up
shift that no cause makes. Its records go through store, watch and `Diagnostician`. Each plant is
kept in FOLDER when it is done, so a campaign that was broken off goes on; `--plants 0` only tells.
Seeds 100 to 299 were looked at while the diagnosis was made, 700001 to 700300 after it: a diagnosis
that is changed in their light needs others.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from process_models.errors import InputError
from twin.diagnosis.diagnosing import Diagnostician
from twin.diagnosis.hypotheses import NONE
from twin.line import read_line
from twin.live.store_sink import StoreSink
from twin.live.trouble import trouble_of, troubled_records
from twin.live.wire import Batch
from twin.measuring import CAUSES
from twin.monitoring.alert import Alert
from twin.monitoring.alerts import AlertDesk
from twin.monitoring.findings import NO_DATA
from twin.monitoring.plan import reference_plan
from twin.monitoring.watch import watch_once
from twin.settings import Settings, data_folder
from twin.store import Store

__all__ = ["judge_plant", "main", "one_plant", "table", "wilson"]

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
FIRST_SEED = 700_001
_STEPS = (0.0, 0.5, 0.8, 0.95, 0.99, 1.01)


def judge_plant(seed: int) -> dict[str, Any]:
    """Let a plant run; diagnose the `first` alert that its trouble moves, and the first `settled`.

    An alert has settled that is of two points or more.
    """
    line, plan = read_line(data_folder() / "line.toml"), reference_plan()
    trouble = trouble_of(seed, line)
    began = START + timedelta(seconds=trouble.start_s)
    found: dict[str, Any] = {"seed": seed, **asdict(trouble), "undiagnosed": 0}
    records = troubled_records(seed, trouble, line, START)
    with (
        tempfile.TemporaryDirectory() as home,
        Store.open(Settings(Path(home), f"sqlite:///{home}/lacss.db")) as store,
    ):
        StoreSink(store).commit(Batch(1, tuple(records)))
        watch_once(store, plan)
        expert = Diagnostician(store, plan)
        alerts = AlertDesk(store, plan).list()
        for one in sorted(alerts, key=lambda one: (one.opened_at, one.id)):
            ours = one.rule != NO_DATA and trouble.moves(one) is not None
            if ours and one.first_point_at >= began:
                _tell(found, one, expert)
    return found


def _tell(found: dict[str, Any], one: Alert, expert: Diagnostician) -> None:
    kinds = ("first",) if one.count < 2 else ("first", "settled")
    if missing := [kind for kind in kinds if kind not in found]:
        try:
            ranking = expert.diagnose(one.id, evidence=False).ranking
        except InputError:
            found["undiagnosed"] += 1
            return
        about = [one.characteristic, one.station, one.rule, one.count]
        pairs = [(each.cause, each.probability) for each in ranking]
        found |= {kind: {"alert": about, "ranking": pairs} for kind in missing}


def one_plant(
    seed: int, folder: Path, judge: Callable[[int], dict[str, Any]] = judge_plant
) -> dict[str, Any]:
    """Judge one plant, unless that has been done."""
    path = folder / f"plant-{seed}.json"
    if not path.exists():
        began = time.monotonic()
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(judge(seed)))
        partial.replace(path)
        print(f"plant {seed}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def wilson(right: int, of: int) -> str:
    """A share with its 95 % interval after Wilson (1927), in per cent.

    Examples
    --------
    >>> wilson(9, 10)
    '9 of 10, 90.0 % (59.6 to 98.2)'
    >>> wilson(0, 0)
    'none'
    """
    if not of:
        return "none"
    z, share = 1.959964, right / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * (share * (1 - share) / of + z**2 / (4 * of**2)) ** 0.5
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return f"{right} of {of}, {100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def table(plants: Iterable[dict[str, Any]], kind: str = "first") -> str:
    """What a campaign came to, by the `first` alert of each plant or the first `settled` one."""
    plants = list(plants)
    told = [(one["cause"], one[kind]["ranking"]) for one in plants if kind in one]
    # a cause that is said to be impossible is nowhere, whatever its place among such
    ranks = [[name if p > 0 else "" for name, p in ranking] for _, ranking in told]
    pairs = [(own, own == by[0], own in by[:3]) for (own, _), by in zip(told, ranks, strict=True)]
    lines = [f"{len(plants)} plants, {len(plants) - len(told)} without such an alert"]
    for words, names in (
        ("catalogued", set(CAUSES)),
        *((name, {name}) for name in (*CAUSES, NONE)),
    ):
        own = [pair for pair in pairs if pair[0] in names]
        first, three = (wilson(sum(one[place] for one in own), len(own)) for place in (1, 2))
        lines.append(f"{words}: first {first}; among three {three}")
    if not told:
        return "\n".join(lines)
    said = np.array([dict(ranking).get(NONE, 0.0) for _, ranking in told])
    true = np.array([cause == NONE for cause, _ in told])
    lines.append(
        f"{NONE}: mean probability {said.mean():.3f}, truly {wilson(int(true.sum()), len(true))}, "
        f"Brier score {np.mean((said - true) ** 2):.3f}"
    )
    top = np.array([ranking[0][1] for _, ranking in told])
    right = np.array([first for _, first, _ in pairs])
    for low, high in pairwise(_STEPS):
        if (here := (top >= low) & (top < high)).any():
            words = f"said with {low:.2f} to {min(high, 1):.2f}, {top[here].mean():.3f} on average"
            lines.append(f"{words}: right {wilson(int(right[here].sum()), int(here.sum()))}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Run or go on with a campaign, and print what it came to."""
    from joblib import Parallel, delayed

    parser = argparse.ArgumentParser(description="Judge diagnoses on reference plants.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plants", type=int, default=200)
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first plant")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    seeds = range(chosen.seed, chosen.seed + chosen.plants)
    Parallel(n_jobs=chosen.processes)(delayed(one_plant)(seed, chosen.folder) for seed in seeds)
    kept = [json.loads(path.read_text()) for path in sorted(chosen.folder.glob("plant-*.json"))]
    for kind in ("first", "settled"):
        print(f"By the {kind} alert\n{table(kept, kind)}\n")


if __name__ == "__main__":
    main()
