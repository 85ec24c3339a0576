"""The page Window: empty, with a model, its figures and its sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import models
from dashboards.figures.window import experiment_bars, window_map
from dashboards.theme import DARK, LIGHT
from dashboards.window_result import sentence
from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.acceptance import Goal
from process_models.quality.next_experiment import Candidate, next_experiments
from process_models.quality.response import constants_from_normal
from process_models.quality.window import ProcessWindow, process_window


@pytest.fixture(scope="module")
def believed() -> QualityModel:
    """120 draws of the prior, seed 3; no evidence at all."""
    z = np.random.default_rng(3).standard_normal((len(QUALITY_PARAMETERS), 120))
    record = FitRecord(
        evidence_rows=0, evidence_sha256="0", seed=0, draws=120, warmup=1, r_hat_max=1.0,
        ess_min=120.0, divergences=0, longest_life_h=700.0, spans={},
        prior_share={"sublimation_time_s": 0.2, "rolling_pressure_mpa": 1.0, "thickness_um": 1.0},
    )  # fmt: skip
    return QualityModel(constants_from_normal(z), record)


@pytest.fixture(scope="module")
def window(believed: QualityModel) -> ProcessWindow:
    return process_window(believed, Goal(1.5, 200.0), probability=0.6, shape=(21, 15, 5))


def opened(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page("views/window.py").run()


def words(page: AppTest) -> str:
    return "\n".join(str(part.value) for part in (*page.markdown, *page.caption, *page.warning))


def test_without_a_model_the_fit_is_offered(app: AppTest, empty: Path) -> None:
    page = opened(app)
    assert not page.exception
    assert "No quality model is fitted yet" in words(page)


@pytest.mark.parametrize("probability", ["0.5", "0.99"])
def test_where_may_we_run(
    app: AppTest, empty: Path, believed: QualityModel, monkeypatch: pytest.MonkeyPatch,
    probability: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(models, "quality", lambda: believed)
    for name, value in (("ccd_min", "1.5"), ("life_min_h", "200"), ("probability", probability)):
        app.query_params[name] = value
    page = opened(app)
    assert not page.exception
    assert not page.error
    text = words(page)
    assert ("Run at **" if probability == "0.5" else "**Nowhere** is the probability") in text
    assert "rolling pressure and thickness are mostly prior" in text
    assert any(button.label == "Find the next cells" for button in page.button)


def test_the_next_cells_are_found_in_the_background(
    app: AppTest, empty: Path, believed: QualityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = next_experiments(
        believed, Goal(), cells=1, candidates=[Candidate("ccd", 60.0, 60.0, 90.0)]
    )
    monkeypatch.setattr(models, "quality", lambda: believed)
    monkeypatch.setattr("dashboards.window_result.next_experiments", lambda *_, **__: few)
    page = opened(app)
    next(button for button in page.button if button.label == "Find the next cells").click()
    page.run()
    page.run()
    assert not page.exception
    assert "Test a **ccd at 60 s, 60 MPa, 90 um** next" in words(page)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_map_draws_edge_limits_and_optimum(window: ProcessWindow, palette: Any) -> None:
    axis = window.axes["thickness_um"]
    layer = int(np.argmin(np.abs(axis - window.optimum["thickness_um"])))
    figure = window_map(window, layer, palette)
    names = [part.name for part in figure.data]
    assert names == ["probability", "edge", "robust optimum"]
    np.testing.assert_allclose(figure.data[0].z, window.p[:, :, layer].T)
    assert figure.data[1].contours.start == 0.6
    assert window.limits is not None
    [box] = figure.layout.shapes
    assert (box.x0, box.x1) == window.limits["sublimation_time_s"]
    assert (box.y0, box.y1) == window.limits["rolling_pressure_mpa"]
    assert "simulated" in figure.layout.title.text


def test_a_layer_outside_the_limits_has_no_box(believed: QualityModel) -> None:
    window = process_window(believed, Goal(40.0, 200.0), shape=(7, 5, 3))
    figure = window_map(window, 0, LIGHT)
    assert not figure.layout.shapes
    assert figure.data[0].name == "probability"
    assert "**Nowhere**" in sentence(window)


def test_the_bars_tell_narrowing_and_hours(believed: QualityModel) -> None:
    found = next_experiments(
        believed, Goal(), cells=2,
        candidates=[Candidate("ccd", 60.0, 60.0, 90.0), Candidate("life", 40.0, 36.0, 60.0)],
    )  # fmt: skip
    [bars] = experiment_bars(found, LIGHT).data
    assert len(bars.x) == 2
    assert all(value >= 0 for value in bars.x)
    assert " h" in bars.text[0]
    assert bars.y[0].startswith("1. ")
