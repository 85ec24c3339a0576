"""The main job: reference plant, twin and dashboards on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from twin import quality_artifact
from twin.monitoring.plan import site_plan
from twin.running.live import LiveOptions, run_live
from twin.running.once import simulated_week
from twin.running.summary import WeekSummary
from twin.settings import Settings
from twin.site import site_line, site_recipe
from twin.store import Store, sqlite_warning

__all__ = ["run", "run_once"]

Say = Callable[[str], None]


def run_once(
    settings: Settings, say: Say, *, seed: int | None = None, replications: int = 100
) -> WeekSummary:
    """One simulated week as fast as it goes, and what it came to.

    Parameters
    ----------
    settings : Settings
    say : callable
        Told in plain lines what happens.
    seed : int, optional
        Of the plant; default the one that is here, else 1.
    replications : int
        Futures of each forecast.
    """
    _greet(settings, say)
    model = quality_artifact.load_or_fit(settings.home, progress=say)
    plan = site_plan(settings)
    with Store.open(settings) as store:
        return simulated_week(
            settings, store, site_line(settings), site_recipe(settings), plan, model,
            seed=seed, replications=replications, say=say,
        )


def run(settings: Settings, say: Say, options: LiveOptions) -> None:
    """Run plant, twin and dashboards until Ctrl-C or SIGTERM."""
    _greet(settings, say)
    plan = site_plan(settings)
    with Store.open(settings) as store:
        asyncio.run(
            run_live(
                settings, store, site_line(settings), site_recipe(settings), plan, options, say
            )
        )


def _greet(settings: Settings, say: Say) -> None:
    say(f"home: {settings.home}")
    warning = sqlite_warning()
    if warning:
        say(f"note: {warning}")
