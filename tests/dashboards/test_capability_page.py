"""The capability page: six panels, the distribution that is chosen, its words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.capability_words import (
    family_name,
    fit_sentence,
    indices_table,
    ranking_table,
    sentence,
)
from process_models.capability import DISTRIBUTIONS, CapabilityResult, Index, capability


def opened(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page("views/capability.py").run()


def skewed(distribution: str) -> CapabilityResult:
    values = np.random.default_rng(11).lognormal(0.0, 0.4, 120)
    return capability(values, usl=6.0, distribution=distribution)


def captions(page: AppTest) -> str:
    return "\n".join(str(caption.value) for caption in page.caption)


def test_the_normal_distribution_is_taken_first(app: AppTest, full: Path) -> None:
    page = opened(app)
    assert not page.exception
    assert page.selectbox(key="distribution").value == "normal"
    assert "Judged by the normal distribution" in captions(page)


@pytest.mark.parametrize("distribution", [d for d in DISTRIBUTIONS if d != "normal"])
def test_every_distribution_answers(app: AppTest, full: Path, distribution: str) -> None:
    page = opened(app)
    page.selectbox(key="distribution").set_value(distribution).run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert "Ppk" in page.markdown[0].value
    assert "Judged by the" in captions(page)


def test_six_panels_are_one_click_away(app: AppTest, full: Path) -> None:
    page = opened(app)
    before = len(page.get("plotly_chart"))
    page.segmented_control(key="figures").set_value("Six panels").run()
    assert not page.exception
    assert before == 2
    assert len(page.get("plotly_chart")) == 1


def test_a_fitted_distribution_is_named_in_the_answer() -> None:
    result = skewed("lognormal")
    said = sentence(result, "Moisture")
    assert "Ppk by the lognormal distribution" in said
    assert "speaks against it" in fit_sentence(result)
    assert set(indices_table(result)["Index"]) >= {"Ppk", "Cpk"}


def test_a_bad_fit_is_told() -> None:
    assert "do not look like it" in fit_sentence(skewed("normal"))
    assert "p below 0.005" in fit_sentence(skewed("normal"))


def test_the_best_distribution_comes_with_those_it_was_compared_to() -> None:
    result = skewed("auto")
    ranking = ranking_table(result)
    assert list(ranking["AICc"]) == sorted(ranking["AICc"])
    assert f"the best of {len(ranking)} by AICc" in fit_sentence(result)
    assert ranking_table(skewed("gamma")).empty


@pytest.mark.parametrize(
    ("name", "written"), [("weibull", "Weibull"), ("boxcox", "Box-Cox"), ("gamma", "gamma")]
)
def test_distributions_are_written_as_in_a_sentence(name: str, written: str) -> None:
    assert family_name(name) == written


def test_an_index_without_an_interval_is_no_verdict() -> None:
    result = skewed("lognormal")
    without = replace(result, indices={**result.indices, "ppk": Index(0.8)})
    said = sentence(without, "Moisture")
    assert "may or may not be capable" in said
    assert "no interval" in said


def test_what_was_not_in_control_is_said_of_a_fitted_distribution_too() -> None:
    values = np.append(np.random.default_rng(5).lognormal(0.0, 0.3, 80), 30.0)
    result = capability(values, usl=6.0, distribution="lognormal")
    assert not result.in_control
    said = sentence(result, "Moisture")
    assert "was not in control" in said
    assert "Ppk by the lognormal distribution was" in said
