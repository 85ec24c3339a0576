"""The page Quality model in headless Chromium: marks, maps, its link, the report, a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from process_models.physics.priors import QUALITY_PARAMETERS
from process_models.quality import FitRecord, QualityModel
from process_models.quality.optimum import optimum
from process_models.quality.response import constants_from_normal
from tests.serving import served
from twin import quality_artifact
from twin.quality_evidence import gather

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT_MS = 120_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

sync_api = pytest.importorskip("playwright.sync_api")


def stored_model(home: Path) -> None:
    """A model of 120 draws of the prior, seed 4, as if it had been fitted."""
    z = np.random.default_rng(4).standard_normal((len(QUALITY_PARAMETERS), 120))
    draws = constants_from_normal(z)
    record = FitRecord(
        evidence_rows=10, evidence_sha256="ab" * 32, seed=0, draws=120, warmup=1, r_hat_max=1.0,
        ess_min=118.0, divergences=0, longest_life_h=700.0, spans={},
        prior_share={"sublimation_time_s": 0.2, "rolling_pressure_mpa": 1.0},
        optimum=optimum(draws), prior_optimum=optimum(draws),
    )  # fmt: skip
    quality_artifact.save(home, QualityModel(draws, record), gather(home))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboards of a site with a quality model and nothing else."""
    home = tmp_path_factory.mktemp("quality")
    stored_model(home)
    with served(home) as url:
        yield url


@pytest.fixture(params=[1400, 390])
def tab(request: pytest.FixtureRequest, address: str) -> Iterator[sync_api.Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": request.param, "height": 1000})
        page.set_default_timeout(WAIT_MS)
        yield page
        browser.close()


def test_marks_maps_link_and_report(tab: sync_api.Page, address: str, tmp_path: Path) -> None:
    tab.goto(f"{address}/quality-model?outcome=Life")
    tab.get_by_text("Life of a new cell along sublimation time").first.wait_for()
    chart = tab.get_by_test_id("stPlotlyChart").first
    chart.locator("g.annotation-arrow-g").first.wait_for()
    assert chart.locator("g.annotation-arrow-g").count() == 1, "LACSS lived at least 700 h"
    assert "not above LACSS" in chart.inner_text()

    tab.get_by_role("radio", name="CCD").click()
    tab.wait_for_function("!location.search.includes('outcome=Life')")
    tab.get_by_text("CCD of a new cell, mA/cm², middle").first.wait_for()
    tab.locator("g.contourlines, g.contourlayer").first.wait_for(state="attached")

    with tab.expect_download() as report:
        tab.get_by_role("button", name="Model report as PDF").last.click()
    report.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")

    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.get_by_test_id("stException").count() == 0
    assert tab.get_by_test_id("stAlertContentError").count() == 0
