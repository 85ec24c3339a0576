"""Forecasts for the page: one job for each horizon and level, shared by all who look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from dashboards import line_now, models, state
from dashboards.jobs import Job, jobs
from twin.forecast import Forecast, forecast
from twin.forecasting.judging import Verdict
from twin.forecasting.orders import site_orders
from twin.in_step.judging import site_verdict
from twin.settings import Settings
from twin.site import site_recipe

__all__ = ["judged", "newest", "start"]


def _name(horizon_h: float, level: float) -> str:
    return f"forecast {Settings.from_environment().database_url} {horizon_h:g} {level:g}"


def newest(horizon_h: float, level: float) -> Job[Forecast] | None:
    """The newest forecast of this horizon and level, running or done; None when there is none."""
    return cast("Job[Forecast] | None", jobs().get(_name(horizon_h, level)))


def start(horizon_h: float, level: float) -> Job[Forecast]:
    """Forecast from the line's present state, or the last one known, in the background."""
    store, plan, model, line = state.store(), state.plan(), models.quality(), line_now.model()
    settings = Settings.from_environment()
    orders = site_orders(settings.home)
    moment = line_now.last_known(state.now())
    recipe = site_recipe(settings)

    def work(tell: Callable[[float], None]) -> Any:
        return forecast(
            store, line, recipe, plan, model, horizon_h=horizon_h, level=level,
            as_of=moment, orders=orders, progress=tell,
        )  # fmt: skip

    return cast("Job[Forecast]", jobs().start(_name(horizon_h, level), work))


def judged(made: Forecast) -> Job[Verdict]:
    """The forecasts that were kept, compared with what happened until `made` was made."""
    store, plan, line = state.store(), state.plan(), line_now.model()
    name = f"verdict {Settings.from_environment().database_url} {made.as_of.isoformat()}"

    def work(_: Callable[[float], None]) -> Any:
        return site_verdict(store, line, plan, made.as_of)

    return cast("Job[Verdict]", jobs().get(name) or jobs().start(name, work))
