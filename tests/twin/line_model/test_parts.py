"""The parts of the line model by themselves: streams, people, planned stops, the event loop."""

from __future__ import annotations

import math

from twin.distributions import Deterministic, Exponential
from twin.line import Calendar, StationModel
from twin.line_model.crew import Crew
from twin.line_model.environment import LineEnvironment
from twin.line_model.stops import Stops
from twin.line_model.streams import Streams


def drawn(seed: int, replication: int, place: str, server: int = 0) -> list[float]:
    stream = Streams(seed, replication).of(place, "service", Exponential(1), server)
    return [stream.draw() for _ in range(3000)]


def test_a_stream_belongs_to_seed_replication_station_and_server() -> None:
    first = drawn(1, 0, "roll")
    assert first == drawn(1, 0, "roll")
    others = [drawn(2, 0, "roll"), drawn(1, 1, "roll"), drawn(1, 0, "wind"), drawn(1, 0, "roll", 1)]
    assert all(first[0] != other[0] for other in others)


def test_blocks_do_not_change_the_numbers() -> None:
    generator = Streams(1, 0).generator("roll", "service")
    assert drawn(1, 0, "roll") == Exponential(1).sample(generator, 3000).tolist()


def test_purposes_have_streams_of_their_own() -> None:
    streams = Streams(1, 0)
    assert streams.unit("roll", "route").draw() != streams.unit("roll", "initial").draw()


def test_people_come_first_come_first_served() -> None:
    crew, log = Crew("shift", 2), list[str]()
    crew.ask(1, lambda: log.append("a"))
    crew.ask(2, lambda: log.append("b"))
    crew.ask(1, lambda: log.append("c"))
    assert log == ["a"]
    crew.give_back(1)
    assert log == ["a", "b"]
    crew.give_back(2)
    assert log == ["a", "b", "c"]
    assert crew.free == 1


def test_nobody_overtakes_who_waits_for_more() -> None:
    crew = Crew("shift", 2)
    assert crew.take(1)
    crew.ask(2, lambda: None)
    assert not crew.take(1)


def test_stops_follow_the_clock() -> None:
    stops = Stops(StationModel("a", Deterministic(1), calendar=Calendar(10, 5)), 0)
    assert (stops.closed_until(9.999), stops.start_s) == (9.999, 10)
    assert stops.closed_until(10) == 15
    assert (stops.closed_until(15), stops.start_s) == (15, 25)


def test_a_station_without_stops_to_come_is_open() -> None:
    stops = Stops(StationModel("a", Deterministic(1), down_windows_s=((1, 2),)), 3)
    assert (stops.closed_until(3), stops.start_s) == (3, math.inf)


def test_calls_come_at_their_time_and_in_order() -> None:
    env, log = LineEnvironment(), list[tuple[str, float]]()
    env.call_at(2.0, lambda event: log.append(("late", env.now)))
    env.call_at(0.1 + 0.2, lambda event: log.append(("early", env.now)))
    env.call_at(2.0, lambda event: log.append(("later", env.now)))
    assert env.run_to(1.0)
    env.advance_to(1.0)
    assert (log, env.now) == ([("early", 0.1 + 0.2)], 1.0)
    assert not env.run_to(5.0, events=1)
    assert env.run_to(5.0)
    assert log[1:] == [("late", 2.0), ("later", 2.0)]
    assert env.idle()


def test_a_stopped_loop_leaves_what_is_to_come() -> None:
    env = LineEnvironment()
    env.call_at(1.0, lambda event: setattr(env, "stopped", True))
    env.call_at(2.0, lambda event: None)
    assert env.run_to(5.0)
    assert (env.now, env.idle()) == (1.0, False)
