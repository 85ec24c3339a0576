"""Nothing is forgotten: every class of the model is known, and what is not kept never changes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
import simpy
from hypothesis import Phase, find, given, settings

import twin.line_model
from tests.twin.line_model import random_lines
from tests.twin.line_model.random_lines import lines
from twin.distributions import Deterministic
from twin.line import Arrivals, LineModel, StationModel
from twin.line_model.environment import LineEnvironment
from twin.line_model.job import Job
from twin.records import Log
from twin.simulation import LineSimulation
from twin.snapshot import restored, state_of
from twin.snapshot.parts import KINDS, attributes, fixed_parts, state_names

KEPT_ELSEWHERE = {LineEnvironment, Log}
ABSTRACT = {Job}
FIRST_FOUND = settings(max_examples=2000, phases=[Phase.generate])


def classes_of_the_model() -> list[type]:
    """Classes with state of their own: data that cannot change and protocols have none."""
    found = []
    for module in pkgutil.iter_modules(twin.line_model.__path__, "twin.line_model."):
        for one in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(one) and one.__module__ == module.name and one.__name__[0] != "_":
                has_state = bool(attributes(one.__new__(one))) or "__init__" in vars(one)
                protocol = getattr(one, "_is_protocol", False)
                if has_state and not protocol and not is_dataclass(one):
                    found.append(one)
    return found


@pytest.mark.parametrize("one", classes_of_the_model(), ids=lambda one: one.__name__)
def test_every_class_of_the_model_is_known(one: type) -> None:
    assert one in KINDS or one in KEPT_ELSEWHERE


@pytest.mark.parametrize("kind", [one for one in KINDS if hasattr(one, "__slots__")])
def test_what_is_declared_as_built_is_there(kind: type) -> None:
    assert set(KINDS[kind].built) <= {name for one in kind.__mro__ for name in slots(one)}


def slots(one: type) -> tuple[str, ...]:
    return tuple(getattr(one, "__slots__", ()))


@settings(max_examples=60)
@given(line=lines())
def test_what_is_built_with_the_line_never_changes(line: LineModel) -> None:
    """Identity for parts and values, or the same content in the same containers."""
    simulation = LineSimulation(line, seed=1)
    parts = fixed_parts(simulation)
    before = {address: built(part) for address, part in parts.items()}
    simulation.run(until_s=300)
    assert fixed_parts(simulation).keys() == parts.keys()
    for address, part in fixed_parts(simulation).items():
        assert built(part) == before[address], address


def built(part: object) -> dict[str, Any]:
    names = set(attributes(part)) - set(state_names(part)) - {"_coming"}
    return {name: same(getattr(part, name)) for name in sorted(names)}


def same(value: object) -> object:
    if isinstance(value, list | tuple):
        return [same(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else id(value)


@settings(max_examples=30)
@given(line=lines())
def test_a_line_just_built_has_the_parts_of_one_that_ran(line: LineModel) -> None:
    simulation = LineSimulation(line, seed=2)
    simulation.run(until_s=200)
    again = restored(line, state_of(simulation))
    ours, theirs = fixed_parts(again), fixed_parts(simulation)
    assert list(ours) == list(theirs)
    for address, part in ours.items():
        assert type(part) is type(theirs[address])
        assert attributes(part) == attributes(theirs[address])


def test_the_clock_has_no_state_that_is_not_kept() -> None:
    ours, theirs = vars(LineEnvironment(5.0)), vars(simpy.Environment(5.0))
    assert ours.keys() - theirs.keys() == set()
    own = {name for name in vars(LineEnvironment) if not name.startswith("__")}
    data = {name for name in own if not callable(getattr(LineEnvironment, name))}
    assert data == {"stopped"}


def test_what_cannot_be_kept_is_an_error_at_once_with_its_place() -> None:
    line = LineModel("one", Arrivals("saturated"), (StationModel("a", Deterministic(5)),))
    simulation = LineSimulation(line, seed=1)
    simulation.run(until_s=12)
    simulation.stations[0].forgotten = iter(())  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="station a: forgotten: a tuple_iterator cannot be kept"):
        state_of(simulation)


PLACES_AND_TIMES = {"name", "service_s", "sample_every", "first_sample", "rework", "alarm"}


def test_the_random_lines_have_every_feature_of_a_station() -> None:
    """What is not drawn as an option is drawn apart: rework, alarms, laboratories."""
    drawn = set(random_lines.PLAIN) | set(random_lines.FEATURES) | PLACES_AND_TIMES
    assert drawn == {one.name for one in fields(StationModel)}


@pytest.mark.parametrize("kind", sorted(get_args(get_type_hints(Arrivals)["kind"])))
def test_the_random_lines_have_every_kind_of_arrivals(kind: str) -> None:
    found = find(lines(), lambda line: line.arrivals.kind == kind, settings=FIRST_FOUND)
    assert found.arrivals.kind == kind


@pytest.mark.parametrize("moving", [one for one, kind in KINDS.items() if kind.moves])
def test_some_cut_finds_each_kind_of_moving_part(moving: type) -> None:
    """The campaign of cuts would prove nothing about what is never there at a cut."""

    def there(line: LineModel) -> bool:
        simulation = LineSimulation(line, seed=1)
        simulation.run(until_s=100)
        name = moving.__name__.lower()
        return any(address.startswith(f"{name} ") for address in state_of(simulation)["moving"])

    assert find(lines(2), there, settings=FIRST_FOUND)


@pytest.mark.parametrize("fixed", [one for one, kind in KINDS.items() if not kind.moves])
def test_some_line_has_each_kind_of_part(fixed: type) -> None:
    if fixed in ABSTRACT:
        return
    found = find(
        lines(2),
        lambda line: any(
            type(part) is fixed for part in fixed_parts(LineSimulation(line, seed=1)).values()
        ),
        settings=FIRST_FOUND,
    )
    parts = fixed_parts(LineSimulation(found, seed=1)).values()
    part = next(one for one in parts if type(one) is fixed)
    declared = KINDS[fixed].built
    assert declared <= set(attributes(part)), declared - set(attributes(part))
