"""Futures from work in process: by hand, against SimPy, and by the parameters of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError, NotSupported
from twin.calibration import CalibratedLine, FittedDuration, StationFit, calibrated
from twin.calibration.families import family_of, theta_of
from twin.distributions import Deterministic, Distribution, Exponential, Lognormal
from twin.forecasting.ahead import Ahead, engine_for, run_ahead
from twin.line import Arrivals, Failure, LineModel, Rework, StationModel
from twin.line_calendar import Calendar
from twin.line_people import People
from twin.line_time import LINE_ORIGIN
from twin.state import LineState, LotState, StationState

NOW = LINE_ORIGIN + timedelta(hours=100)
MINUTE = 60.0


STARTED = (("A", 25), ("B", 15), ("C", 5))


def known(distribution: Distribution) -> FittedDuration:
    """As if nothing about it were in doubt."""
    family = family_of(distribution)
    theta = theta_of(distribution, family)
    return FittedDuration(family, (float(theta[0]), float(theta[1])), np.zeros((2, 2)), 99, 0)


def sure(line: LineModel, age_s: float = 0.0) -> CalibratedLine:
    """A line whose parameters are all known."""
    fits = {}
    for one in line.path:
        share = one.scrap_probability
        fits[one.name] = StationFit(
            known(one.service_s),
            known(one.failure.time_to_failure_s) if one.failure else None,
            known(one.failure.time_to_repair_s) if one.failure else None, 1.0, 0.0,
            (1e9 * share, 1e9 * (1 - share)) if share else (0.0, 1.0), (age_s,) * one.servers,
        )  # fmt: skip
    return CalibratedLine(line, line, fits)


def lot(lot_id: str, station: str, phase: str, minutes: float, entered: float = 0.0) -> LotState:
    since = NOW - timedelta(minutes=minutes)
    at = since - timedelta(minutes=entered)
    return LotState(lot_id, station, phase, since, at)  # type: ignore[arg-type]


def state(*lots: LotState, down: dict[str, datetime] | None = None) -> LineState:
    stations = {
        name: StationState(name, "running", NOW, servers_down=1, down_since=at)
        for name, at in (down or {}).items()
    }
    return LineState(NOW, lots, stations, 0, 0, 0, NOW)


def line(*stations: StationModel, arrivals: Arrivals | None = None, **options: Any) -> LineModel:
    made = stations or (
        StationModel("wind", Deterministic(600)),
        StationModel("roll", Deterministic(1200), buffer=1),
        StationModel("inspect", Deterministic(300), buffer=2),
    )
    return LineModel("three", arrivals or Arrivals("saturated"), made, **options)


def minutes(made: Ahead, lot_id: str) -> float:
    finish = made.finish_s(lot_id)
    assert np.all(finish == finish[0])
    return round(float(finish[0]) / MINUTE, 6)


def test_a_line_without_chance_by_hand() -> None:
    """A has had 5 of 20 min at roll: 15 more, 5 at inspect. B follows after another 20."""
    made = run_ahead(
        sure(line()), state(lot("A", "roll", "in_service", 5), lot("B", "roll", "queued", 2)),
        horizon_s=7_200.0, replications=3,
    )
    assert made.engine == "recursion"
    assert made.lot_ids == ("A", "B")
    assert (minutes(made, "A"), minutes(made, "B")) == (20.0, 40.0)
    assert made.leave_s.shape[0] == made.replications == 3


def test_a_blocked_lot_waits_for_a_place() -> None:
    """C is finished at wind; roll holds A (5 of 20 min) and its one place B, until minute 15."""
    made = run_ahead(
        sure(line()),
        state(lot("A", "roll", "in_service", 5), lot("B", "roll", "queued", 2),
              lot("C", "wind", "blocked", 1)),
        horizon_s=7_200.0, replications=1,
    )
    assert minutes(made, "C") == 60.0
    assert made.finished_by(NOW + timedelta(minutes=60)).tolist() == [3]


def test_a_lot_on_its_way_comes_when_it_is_there() -> None:
    stations = (
        StationModel("wind", Deterministic(600), transfer_s=300),
        StationModel("roll", Deterministic(1200)),
    )
    made = run_ahead(
        sure(line(*stations)), state(lot("A", "wind", "moving", 2)), horizon_s=600, replications=1
    )
    assert minutes(made, "A") == 3 + 20


def test_a_station_that_is_down_is_repaired_first() -> None:
    """An hour's repair began 20 min ago; then 20 min of rolling and 5 of inspection."""
    broken = line(
        StationModel("roll", Deterministic(1200),
                     failure=Failure("operation", Deterministic(1e9), Deterministic(3600))),
        StationModel("inspect", Deterministic(300)),
    )
    began = NOW - timedelta(minutes=20)
    made = run_ahead(
        sure(broken), state(lot("A", "roll", "queued", 30), down={"roll": began}),
        horizon_s=4 * 3600, replications=2,
    )
    assert minutes(made, "A") == 65.0


def test_one_fitter_mends_one_after_the_other() -> None:
    """Both are down; wind was first: 40 of 60 min left, then roll's hour; no lot waits for wind."""
    fails = Failure("operation", Deterministic(1e9), Deterministic(3600))
    crewed = line(
        StationModel("wind", Deterministic(600), failure=fails, repair_crew="fitters"),
        StationModel("roll", Deterministic(1200), failure=fails, repair_crew="fitters"),
        people=(People("fitters", 1),),
    )
    down = {"wind": NOW - timedelta(minutes=20), "roll": NOW - timedelta(minutes=0)}
    made = run_ahead(
        sure(crewed), state(lot("A", "roll", "queued", 1), down=down), horizon_s=4 * 3600,
        replications=1,
    )
    assert minutes(made, "A") == pytest.approx(40 + 60 + 20, abs=1e-3)


def test_planned_stops_ahead_are_waited_for() -> None:
    """Second 360,000 is hour 100; the stop of an hour begins ten minutes from then."""
    stopped = line(
        StationModel("roll", Deterministic(1200), down_windows_s=((360_600.0, 364_200.0),)),
    )
    made = run_ahead(
        sure(stopped), state(lot("A", "roll", "in_service", 0)), horizon_s=3600, replications=1
    )
    assert minutes(made, "A") == 80.0


def test_five_places_at_once() -> None:
    cool = line(
        StationModel("cool", Deterministic(1800), servers=3, buffer=0),
        StationModel("wind", Deterministic(60)),
    )
    made = run_ahead(
        sure(cool),
        state(*(lot(name, "cool", "in_service", had) for name, had in STARTED)),
        horizon_s=3600, replications=1,
    )
    assert [minutes(made, name) for name in "ABC"] == [6.0, 16.0, 26.0]


def simpy_and_exact(model: LineModel, now: LineState, hours: float) -> tuple[Ahead, Ahead]:
    made = [
        run_ahead(sure(model), now, horizon_s=3600 * hours, replications=n, seed=3, engine=engine)
        for n, engine in ((1, "simpy"), (1, "recursion"))  # type: ignore[misc]
    ]
    return made[0], made[1]


@pytest.mark.parametrize("at_roll", ["queued", "in_service"])
def test_both_engines_agree_where_nothing_is_chance(at_roll: str) -> None:
    """Every departure of two days, new lots included, with a night's stop and full buffers."""
    night = Calendar(57_600, 28_800)
    model = line(
        StationModel("unwind", Deterministic(200), calendar=night),
        StationModel("cool", Deterministic(1800), servers=5, buffer=0, calendar=night),
        StationModel("roll", Deterministic(480), buffer=4, calendar=night),
        StationModel("inspect", Deterministic(240), buffer=6, calendar=night),
    )
    lots = [lot("A", "inspect", "in_service", 1), lot("B", "roll", at_roll, 3),
            lot("C", "cool", "in_service", 20), lot("D", "cool", "in_service", 9),
            lot("E", "unwind", "in_service", 2)]  # fmt: skip
    slow, fast = simpy_and_exact(model, state(*lots), 48.0)
    assert slow.engine == "simpy"
    assert fast.engine == "recursion"
    both = [np.sort(one.leave_s[0][np.isfinite(one.leave_s[0])]) for one in (slow, fast)]
    both = [one[one < 47 * 3600] for one in both]
    assert len(both[0]) > 200
    np.testing.assert_allclose(both[0], both[1], atol=1e-6)


def test_both_engines_agree_on_average_where_things_are_chance(reference_line: LineModel) -> None:
    """60 against 2,000 futures of the reference line, seed 3: lots of a day within 4 errors."""
    lots = [
        lot(f"L{place}", one.name, "in_service", 1)
        for place, one in enumerate(reference_line.path)
    ]
    one = sure(reference_line)
    many = run_ahead(one, state(*lots), horizon_s=86_400.0, replications=2_000, seed=3)
    few = run_ahead(one, state(*lots), horizon_s=86_400.0, replications=60, seed=3, engine="simpy")
    day = [made.finished_within(0.0, 86_400.0).sum(axis=1) for made in (many, few)]
    error = day[1].std() / np.sqrt(60)
    assert abs(day[0].mean() - day[1].mean()) < 4 * error
    assert day[0].std() == pytest.approx(day[1].std(), rel=0.5)


def test_the_rest_of_a_service_depends_on_how_long_it_has_lasted() -> None:
    """Exponential services do not age; log-normal ones nearly over are soon done. Seed 0."""
    rest = {}
    for name, law in (("exponential", Exponential(1200)), ("lognormal", Lognormal(1200, 0.1))):
        model = line(StationModel("roll", law))
        rest[name] = [
            float(run_ahead(sure(model), state(lot("A", "roll", "in_service", had)),
                            horizon_s=3600, replications=2_000).finish_s("A").mean())
            for had in (0.0, 18.0)
        ]
    assert rest["exponential"][1] == pytest.approx(1200, rel=0.1)
    assert rest["lognormal"][0] == pytest.approx(1200, rel=0.02)
    assert 100 < rest["lognormal"][1] < 220


def test_doubt_about_a_parameter_widens_the_futures() -> None:
    model = line(StationModel("roll", Lognormal(1200, 0.05)))
    one = sure(model)
    fit = one.stations["roll"]
    unsure = replace(fit.service, covariance=np.diag([0.04, 0.0]))
    doubtful = replace(one, stations={"roll": replace(fit, service=unsure)})
    now = state(lot("A", "roll", "queued", 0))
    spread = [
        float(run_ahead(each, now, horizon_s=3600, replications=1_000).finish_s("A").std())
        for each in (one, doubtful)
    ]
    assert spread[0] == pytest.approx(60, rel=0.15)
    assert spread[1] == pytest.approx(np.hypot(60, 0.2 * 1200), rel=0.15)


def test_the_same_seed_meets_the_same_chances() -> None:
    """One station slower: the lots of the other meet the very same services."""
    stations = (StationModel("wind", Lognormal(600, 0.2)), StationModel("roll", Lognormal(60, 0.2)))
    slower = (stations[0], replace(stations[1], service_s=Deterministic(600)))
    now = state(lot("A", "roll", "queued", 1), lot("B", "wind", "queued", 1))
    one, again, other = (
        run_ahead(sure(line(*each)), now, horizon_s=7200, replications=50, seed=9)
        for each in (stations, stations, slower)
    )
    np.testing.assert_array_equal(one.leave_s, again.leave_s)
    assert one.leave_s.shape[1] >= 2
    assert np.all(other.finish_s("A") == 600.0)
    assert np.corrcoef(one.finish_s("B"), other.finish_s("B"))[0, 1] > 0.9


def test_scrap_is_drawn_as_often_as_it_happens() -> None:
    doomed = line(StationModel("roll", Deterministic(60), scrap_probability=0.25))
    made = run_ahead(
        sure(doomed), state(lot("A", "roll", "queued", 1)), horizon_s=600, replications=2_000
    )
    assert made.p_scrap("A") == pytest.approx(0.25, abs=0.03)
    assert len(made.finish_s("A")) == round(2_000 * (1 - made.p_scrap("A")))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda m: replace(m, arrivals=Arrivals("conwip", wip=3)), "conwip"),
        (lambda m: replace(m, stations=(
            *m.stations[:2], replace(m.stations[2], rework=Rework(0.1, "roll")))), "rework"),
        (lambda m: replace(m, stations=(
            replace(m.stations[0], batch=2), *m.stations[1:])), "batch"),
    ],
)  # fmt: skip
def test_what_the_exact_engine_cannot_is_named(
    change: Callable[[LineModel], LineModel], word: str
) -> None:
    model = change(line())
    engine, why = engine_for(model)
    assert engine == "simpy"
    assert word in why
    now = state(lot("A", "roll", "queued", 1))
    with pytest.raises(NotSupported, match=word):
        run_ahead(sure(model), now, horizon_s=60, replications=1, engine="recursion")


def test_simpy_takes_over_and_says_why() -> None:
    model = replace(line(), arrivals=Arrivals("conwip", wip=2))
    now = state(lot("A", "roll", "in_service", 5), lot("B", "roll", "queued", 2))
    told: list[float] = []
    made = run_ahead(sure(model), now, horizon_s=7200, replications=2, progress=told.append)
    assert made.engine == "simpy"
    assert "conwip" in made.why
    assert (minutes(made, "A"), minutes(made, "B")) == (20.0, 40.0)
    assert told == [0.5, 1.0]


def test_lots_elsewhere_are_left_out() -> None:
    made = run_ahead(
        sure(line()), state(lot("A", "polish", "queued", 5)), horizon_s=600, replications=1
    )
    assert made.lot_ids == ()
    assert made.finished_by(NOW + timedelta(seconds=600)).tolist() == [0]


@pytest.mark.parametrize(("horizon_s", "replications"), [(0, 1), (float("nan"), 1), (60, 0)])
def test_options_out_of_range_are_refused(horizon_s: float, replications: int) -> None:
    with pytest.raises(InputError, match="must be"):
        run_ahead(sure(line()), state(), horizon_s=horizon_s, replications=replications)


def test_a_plant_goes_on_as_its_futures_say(plant_days: Any) -> None:
    """Plant 5, one moment, seed 0: at least 14 of 20 lots inside their 90 % intervals."""
    from twin.state import line_state

    at = plant_days.start + timedelta(hours=31)
    events = plant_days.store.events()
    path = [one.name for one in plant_days.line.path]
    now = line_state(events, at, path=path)
    made = run_ahead(
        calibrated(plant_days.store, plant_days.line, at), now, horizon_s=3600, replications=1_000
    )
    left = events[(events["event"] == "depart") & (events["station"] == "inspect")]
    when = dict(zip(left["lot_id"], left["occurred_at"], strict=True))
    held = []
    for lot_id in made.lot_ids:
        if lot_id in when:
            low, high = np.quantile(made.finish_s(lot_id), [0.05, 0.95])
            held.append(low <= (when[lot_id].to_pydatetime() - at).total_seconds() <= high)
    assert len(held) >= 15
    assert np.mean(held) >= 0.7
