"""Forecasts for the page: one job for each horizon and level, shared by all who look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from dashboards import line_now, models, state
from dashboards.jobs import Job, jobs
from twin.forecast import Forecast, forecast
from twin.line import read_line
from twin.recipe import reference_recipes
from twin.settings import Settings, data_folder

__all__ = ["newest", "start"]

_FUTURES = 60
_RECIPE = "LACSS 40 s"


def _name(horizon_h: float, level: float) -> str:
    return f"forecast {Settings.from_environment().database_url} {horizon_h:g} {level:g}"


def newest(horizon_h: float, level: float) -> Job[Forecast] | None:
    """The newest forecast of this horizon and level, running or done; None when there is none."""
    return cast("Job[Forecast] | None", jobs().get(_name(horizon_h, level)))


def start(horizon_h: float, level: float) -> Job[Forecast]:
    """Forecast from the line's present state, or the last one known, in the background."""
    store, plan, model = state.store(), state.plan(), models.quality()
    line = read_line(data_folder() / "line.toml")
    recipes = reference_recipes()
    moment = line_now.last_known(state.now())
    recipe = recipes.get(_RECIPE) or next(iter(recipes.values()))

    def work(tell: Callable[[float], None]) -> Any:
        return forecast(
            store, line, recipe, plan, model, horizon_h=horizon_h, level=level,
            replications=_FUTURES, as_of=moment, progress=tell,
        )  # fmt: skip

    return cast("Job[Forecast]", jobs().start(_name(horizon_h, level), work))
