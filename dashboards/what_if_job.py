"""Comparisons for the page What-if: one job for each question, shared by all who look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from dashboards import line_now, models, state
from dashboards.jobs import Job, jobs
from twin.recipe import reference_recipes
from twin.settings import Settings
from twin.site import site_line, site_recipe
from twin.what_if import (
    Change,
    NewRecipe,
    WhatIf,
    operators_of,
    planned_maintenance,
    station_out,
    what_if,
)

__all__ = ["Question", "newest", "start"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: changes as they are written, `KIND TEXT`, and how far ahead.

    KIND is out, maintenance, operators or recipe.
    """

    changes: tuple[str, ...]
    horizon_h: float
    level: float = 0.9

    @property
    def name(self) -> str:
        """Of its job: another question is another job."""
        where = Settings.from_environment().database_url
        return f"what-if {where} {self.changes} {self.horizon_h:g} {self.level:g}"

    def parsed(self) -> list[Change]:
        """The changes as data; an error says what is wrong with one."""
        return [_parsed(*one.split(" ", 1)) for one in self.changes]


def newest(question: Question) -> Job[WhatIf] | None:
    """The newest comparison of this question, running or done; None when there is none."""
    return cast("Job[WhatIf] | None", jobs().get(question.name))


def start(question: Question) -> Job[WhatIf]:
    """Compare from the line's present state, or the last one known, in the background."""
    changes = question.parsed()
    store, plan, model = state.store(), state.plan(), models.quality()
    settings = Settings.from_environment()
    line, recipe = site_line(settings), site_recipe(settings)
    moment = line_now.last_known(state.now())

    def work(tell: Callable[[float], None]) -> Any:
        return what_if(
            store, line, recipe, plan, changes, model, horizon_h=question.horizon_h,
            as_of=moment, level=question.level, progress=tell,
        )  # fmt: skip

    return cast("Job[WhatIf]", jobs().start(question.name, work))


def _parsed(kind: str, text: str) -> Change:
    if kind == "out":
        return station_out(text)
    if kind == "maintenance":
        return planned_maintenance(text)
    return operators_of(text) if kind == "operators" else NewRecipe(reference_recipes()[text])
