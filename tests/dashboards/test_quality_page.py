"""The page Quality model: empty, with a model, not converged, stale; what it says and draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import models
from dashboards.jobs import Job, Jobs
from dashboards.quality_chain import chain_table
from dashboards.quality_known import optimum_sentence
from dashboards.quality_result import caution, input_label, sentence
from dashboards.quality_whatif import difference_sentence
from process_models.errors import InputError
from process_models.physics.chain import run_chain
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, Optimum, QualityModel
from process_models.quality.comparison import MethodScore
from process_models.quality.leave_one_out import RowScore
from process_models.quality.optimum import optimum
from process_models.quality.paired import compare_settings
from process_models.quality.response import constants_from_normal
from process_models.quality.setting import CellSetting
from twin import quality_artifact
from twin.quality_evidence import gather

SHARES = {"sublimation_time_s": 0.2, "rolling_pressure_mpa": 1.0, "thickness_um": 0.94}
METHODS = (
    MethodScore("bayes", "ccd", (RowScore("7", "LACSS", "ccd", -1.25, 0.125),), "joint, physics"),
    MethodScore("scikit_learn", "ccd", (), "needs at least two rows"),
)


@pytest.fixture(scope="module")
def believed() -> QualityModel:
    """120 draws of the prior, seed 4, said to be a fit."""
    z = np.random.default_rng(4).standard_normal((len(QUALITY_PARAMETERS), 120))
    draws = constants_from_normal(z)
    record = FitRecord(
        evidence_rows=10, evidence_sha256="ab" * 32, seed=0, draws=120, warmup=1, r_hat_max=1.004,
        ess_min=118.0, divergences=0, longest_life_h=700.0, prior_share=SHARES,
        spans={"sublimation_time_s": (0.0, 60.0)}, versions={"jax": "1.2"},
        optimum=optimum(draws), prior_optimum=optimum(draws),
    )  # fmt: skip
    return QualityModel(draws, record)


@pytest.fixture
def fitted(empty: Path, believed: QualityModel) -> Path:
    """A home in which that model is stored, fitted on the built-in evidence."""
    quality_artifact.save(empty, believed, gather(empty))
    return empty


def opened(app: AppTest) -> AppTest:
    app.run()
    page = app.switch_page("views/quality_model.py").run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    parts = (*page.markdown, *page.caption, *page.warning, *page.error)
    return "\n".join(str(part.value) for part in parts)


def drawn(page: AppTest) -> dict[str, str]:
    """Alternative texts of the figures by their keys."""
    return {
        part.proto.id.rsplit("-None", 1)[0]: part.proto.alt for part in page.get("plotly_chart")
    }


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Jobs that are started and do not end."""
    kept = Jobs()
    monkeypatch.setattr(Job, "start", lambda _: None)
    for module in ("quality_fit", "quality_report"):
        monkeypatch.setattr(f"dashboards.{module}.jobs", lambda: kept)
    return kept


def test_an_empty_home_offers_the_fit(app: AppTest, empty: Path, no_threads: Jobs) -> None:
    page = opened(app)
    assert "No quality model is fitted yet" in words(page)
    press(page, "Fit the quality model")
    assert no_threads.get(f"quality fit {empty}") is not None
    assert not page.exception
    assert all(button.label != "Fit the quality model" for button in page.button)


def test_a_fit_that_failed_says_why_and_can_be_asked_for_again(
    app: AppTest, empty: Path, no_threads: Jobs
) -> None:
    page = opened(app)
    press(page, "Fit the quality model")
    job: Any = no_threads.get(f"quality fit {empty}")
    job.error, job.ended_at = InputError("row 3 is wrong"), job.started_at
    page.run()
    assert "row 3 is wrong" in words(page)
    assert any(button.label == "Fit the quality model" for button in page.button)


def test_the_answer_has_number_interval_and_provenance(
    app: AppTest, fitted: Path, believed: QualityModel
) -> None:
    page = opened(app)
    text = words(page)
    predicted = believed.predict(
        sublimation_time_s=40.0, rolling_pressure_mpa=36.0, thickness_um=60.0
    )
    assert sentence(predicted, CellSetting()) in text
    assert "violet-badge[simulated]" in text
    assert "orange-badge[prior]" in text
    assert "The effects of rolling pressure and thickness are mostly prior" in text
    assert "The best exposure is" in text
    assert "From A to B the median CCD changes by" in text
    assert "Converged. Evidence hash abababababab" in text
    assert not page.error


def test_everything_that_the_page_promises_is_drawn(app: AppTest, fitted: Path) -> None:
    titles = "\n".join(drawn(opened(app)).values())
    for title in ("CCD of a new cell along sublimation time", "Width of its 90 % interval",
                  "Life at 0.5 mA/cm²", "Sublimation time: share of prior 20.0 %",
                  "Rolling pressure: share of prior 100", "How much of each effect is prior",
                  "Best exposure, before and after", "Median CCD of B less that of A"):  # fmt: skip
        assert title in titles


@pytest.mark.parametrize(
    ("outcome", "title"),
    [("life_h", "Life of a new cell along thickness"),
     ("survival", "P(life beyond 300 h) along thickness")],
)  # fmt: skip
def test_the_address_holds_what_was_chosen(
    app: AppTest, fitted: Path, outcome: str, title: str
) -> None:
    names = {"life_h": "Life", "survival": "P(life)"}
    app.run()
    address = {"along": "Thickness", "outcome": names[outcome], "hours": "300",
               "b_thickness_um": "80", "fixed": "Sublimation time"}  # fmt: skip
    for name, value in address.items():
        app.query_params[name] = value
    page = app.switch_page("views/quality_model.py").run()
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    titles = "\n".join(drawn(page).values())
    assert title in titles
    assert any(slider.key == "b_thickness_um" and slider.value == 80 for slider in page.slider)


def test_a_recipe_that_physics_forbids_has_no_prediction_and_a_reason(
    app: AppTest, fitted: Path
) -> None:
    page = opened(app)
    next(s for s in page.slider if s.key == "thickness_um").set_value(115)
    page.run()
    assert not page.exception
    told = [str(part.value) for part in page.error]
    assert any("**No prediction**, because thickness\\_um 115 is above" in text for text in told)
    assert any("**No prediction** for recipe A" in text for text in told)
    assert "is expected to reach" not in words(page)


def test_recipe_b_may_be_impossible_by_itself(app: AppTest, fitted: Path) -> None:
    page = opened(app)
    next(s for s in page.slider if s.key == "b_thickness_um").set_value(115)
    page.run()
    assert "**No prediction** for recipe B" in words(page)
    assert "is expected to reach" in words(page)


def test_a_fit_that_did_not_converge_says_so_loudly(
    app: AppTest, empty: Path, believed: QualityModel
) -> None:
    record = replace(believed.record, r_hat_max=1.3, divergences=60)
    model = QualityModel(believed.draws, record)
    quality_artifact.save(empty, model, gather(empty))
    page = opened(app)
    (told,) = [str(part.value) for part in page.error]
    assert "Not converged: do not rely on this fit" in told
    assert "R-hat 1.300 is above 1.05" in told
    assert "60 of 120 draws diverged" in told
    assert any(button.label == "Fit it again" for button in page.button)


def test_new_evidence_makes_the_model_stale_and_is_drawn_as_imported(
    app: AppTest, fitted: Path, no_threads: Jobs
) -> None:
    assert "Stale" not in words(opened(app))
    (fitted / "evidence").mkdir()
    (fitted / "evidence" / "ours.csv").write_text(
        "id,sample,process,sublimation_time_s,test,lower,upper,unit,censoring,kind,laboratory,"
        "step_ma_cm2\nx1,C1,lacss,40,ccd,3.0,inf,mA/cm2,right,measured,our lab,0.1\n"
    )
    page = app.run()
    assert not page.exception
    text = words(page)
    assert "**Stale:** the evidence changed since it was fitted" in text
    assert {one.origin for one in models.evidence()} == {"cited", "imported"}
    chart = next(part for part in page.get("plotly_chart") if "CCD of a new" in part.proto.alt)
    assert "evidence: our lab, imported" in str(chart.proto)
    press(page, "Fit it again")
    assert no_threads.get(f"quality fit {fitted}") is not None


def test_a_model_of_another_version_is_told_and_can_be_fitted_again(
    app: AppTest, empty: Path, believed: QualityModel
) -> None:
    model = QualityModel(believed.draws, replace(believed.record, model_version=1))
    quality_artifact.save(empty, model)
    page = opened(app)
    assert "model\\_version must be" in words(page)
    assert any(button.label == "Fit it again" for button in page.button)


def test_the_three_ways_to_fit_are_compared_in_the_background(
    app: AppTest, fitted: Path, no_threads: Jobs
) -> None:
    page = press(opened(app), "Compare three ways to fit")
    job: Any = no_threads.get(f"quality methods {fitted} {'ab' * 32}")
    job.result, job.ended_at = METHODS, job.started_at
    page.run()
    assert not page.exception
    tables = [frame.value for frame in page.dataframe]
    scores = next(t for t in tables if "Way to fit" in t.columns and "Rows" in t.columns)
    assert scores["Way to fit"].tolist() == ["Bayes", "Scikit learn"]
    assert scores["Log score"].tolist()[0] == -1.25
    each = next(t for t in tables if "Row" in t.columns)
    assert each["Sample"].tolist() == ["LACSS"]


def test_without_a_recorded_optimum_the_page_says_so(
    app: AppTest, empty: Path, believed: QualityModel
) -> None:
    record = replace(believed.record, optimum=None, prior_optimum=None, prior_share={})
    quality_artifact.save(empty, QualityModel(believed.draws, record))
    page = opened(app)
    assert "The best exposure was not recorded with this fit" in words(page)


@pytest.mark.parametrize(
    ("change", "told"),
    [({"prior_share": {"thickness_um": 0.9}}, "The effect of thickness is mostly prior"),
     ({"prior_share": SHARES}, "The effects of rolling pressure and thickness are mostly prior"),
     ({"prior_share": {}, "extrapolated": ("sublimation_time_s",)},
      "This recipe lies beyond the evidence in sublimation time."),
     ({"prior_share": {}, "extrapolated": ()}, "")],
)  # fmt: skip
def test_the_caution_agrees_in_number(
    believed: QualityModel, change: dict[str, Any], told: str
) -> None:
    predicted = believed.predict(
        sublimation_time_s=40.0, rolling_pressure_mpa=36.0, thickness_um=60.0
    )
    made = caution(replace(predicted, **{"extrapolated": (), **change}))
    assert made.startswith(told) if told else made == ""


def test_a_life_within_the_observations_has_a_median(believed: QualityModel) -> None:
    predicted = believed.predict(
        sublimation_time_s=0.0, rolling_pressure_mpa=36.0, thickness_um=60.0, process="bare",
        current_ma_cm2=1.0,
    )  # fmt: skip
    assert predicted.life_h.median is not None
    text = sentence(predicted, CellSetting(process="bare", current_ma_cm2=1.0))
    assert " h** at 1.00 mA/cm² and 0.5 mAh/cm²" in text


def test_the_difference_is_told_with_interval_and_probability(believed: QualityModel) -> None:
    found = compare_settings(believed.draws, CellSetting(), CellSetting(sublimation_time_s=5.0))
    text = difference_sentence(found)
    assert "mA/cm²**; it is higher with a probability of" in text
    assert "P(life beyond 400 h) goes from" in text
    assert "points)" in text


def test_the_optimum_is_told_against_its_prior() -> None:
    after, before = Optimum(0.94, 0.57, 36.5, 23.5, 90.0), Optimum(0.9, 0.31, 32.5, 13.0, 90.0)
    text = optimum_sentence(after, before)
    assert "**36.5 (23.5 to 90.0) s**" in text
    assert "**94.0 %** (prior 90.0 %)" in text
    assert "**57.0 %** (prior 31.0 %)" in text


def test_every_step_of_the_chain_has_its_unit() -> None:
    table = chain_table(run_chain(CellSetting().recipe, 20))
    by_name = {(s, q): u for s, q, u in zip(table.Stage, table.Quantity, table.Unit, strict=True)}
    assert by_name["Deposit", "Loading"] == "mg/cm²"
    assert by_name["Rolling", "Line force"] == "N/mm"
    assert by_name["Cell", "CCD"] == "mA/cm²"
    assert (table["5 %"] <= table["95 %"]).all()


@pytest.mark.parametrize(
    ("name", "plain", "with_unit"),
    [("sublimation_time_s", "Sublimation time", "Sublimation time, s"),
     ("current_ma_cm2", "Current", "Current, mA/cm²"),
     ("capacity_mah_cm2", "Capacity", "Capacity, mAh/cm²"),
     ("process", "Process", "Process")],
)  # fmt: skip
def test_inputs_are_named_as_people_name_them(name: str, plain: str, with_unit: str) -> None:
    assert input_label(name) == plain
    if name != "process":
        assert input_label(name, unit=True) == with_unit


def test_the_work_of_a_fit_is_a_fit_on_the_evidence_as_it_is(
    empty: Path, believed: QualityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboards import quality_fit

    seen: list[Any] = []

    def fit(home: Path, evidence: Any) -> tuple[QualityModel, Path]:
        seen.append((home, len(evidence.rows)))
        return believed, home

    monkeypatch.setattr(quality_fit, "fit_and_save", fit)
    work: Callable[[Callable[[float], None]], object] = quality_fit._work()
    shares: list[float] = []
    assert work(shares.append) is believed.record
    assert seen[0][0] == empty
    assert seen[0][1] >= 10
    assert shares == [0.1]
