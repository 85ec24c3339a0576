"""The twin's health for the page: looked at in the background, kept until events arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from dashboards import line_now, state
from dashboards.jobs import Job, jobs
from twin.calibration import calibrated
from twin.calibration.proposals import propose
from twin.in_step.health import Health, twin_health
from twin.in_step.judging import site_verdict
from twin.settings import Settings

__all__ = ["looked_at", "proposed"]

_REASON = "proposed on the page Twin health"


def looked_at() -> Job[Health]:
    """The newest look at the twin, started when the line has moved on by an hour."""
    store, plan, line = state.store(), state.plan(), line_now.model()
    moment = line_now.last_known(state.now())
    hour = f"{moment:%Y%m%d%H}"
    name = f"health {Settings.from_environment().database_url} {hour}"

    def work(_: Callable[[float], None]) -> Any:
        told = site_verdict(store, line, plan, moment)
        return twin_health(store, line, plan, moment, verdict=told)

    return cast("Job[Health]", jobs().get(name) or jobs().start(name, work))


def proposed() -> Job[int]:
    """A re-calibration fitted to what is known now, kept to be approved; its number."""
    store, line = state.store(), line_now.model()
    moment = line_now.last_known(state.now())

    def work(_: Callable[[float], None]) -> Any:
        return propose(store, calibrated(store, line, moment), reason=_REASON)

    name = f"re-calibration {Settings.from_environment().database_url}"
    return cast("Job[int]", jobs().start(name, work))
