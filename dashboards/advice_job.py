"""Advice for the page: one job for all who look, made anew when asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from dashboards import line_now, models, state
from dashboards.jobs import Job, jobs
from twin.advice import Advice, advise
from twin.settings import Settings
from twin.site import site_recipe

__all__ = ["newest", "start"]


def _name() -> str:
    return f"advice {Settings.from_environment().database_url}"


def newest() -> Job[Advice] | None:
    """The newest advice, being made or ready; None when there is none."""
    return cast("Job[Advice] | None", jobs().get(_name()))


def start() -> Job[Advice]:
    """Work out what to set for the next lot, in the background."""
    store, plan, model = state.store(), state.plan(), models.quality()
    recipe = site_recipe(Settings.from_environment())
    moment = line_now.last_known(state.now())

    def work(tell: Callable[[float], None]) -> Any:
        return advise(store, plan, recipe, model, as_of=moment, progress=tell)

    return cast("Job[Advice]", jobs().start(_name(), work))
