"""The model on disk: what is saved is what is loaded, or a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from process_models.errors import StoreError
from process_models.quality import FitRecord, QualityModel
from process_models.quality.prior_share import prior_constants
from twin.quality_artifact import load, load_or_fit, save


@pytest.fixture
def model() -> QualityModel:
    record = FitRecord(
        evidence_rows=10, evidence_sha256="abc", seed=1, draws=100, warmup=5, r_hat_max=1.01,
        ess_min=80.0, divergences=0, longest_life_h=700.0,
        spans={"sublimation_time_s": (0.0, 60.0)}, prior_share={"sublimation_time_s": 0.2},
        versions={"numpy": "2"},
    )
    return QualityModel({k: v[:100] for k, v in prior_constants().items()}, record)


def test_without_a_model_there_is_none(tmp_path: Path) -> None:
    assert load(tmp_path) is None


def test_what_is_saved_is_loaded_bit_for_bit(tmp_path: Path, model: QualityModel) -> None:
    save(tmp_path, model)
    back = load(tmp_path)
    assert back is not None
    assert back.record == model.record
    for name, values in model.draws.items():
        assert np.array_equal(back.draws[name], values)


def test_a_model_that_is_there_is_not_fitted_again(tmp_path: Path, model: QualityModel) -> None:
    save(tmp_path, model)
    told: list[str] = []
    assert load_or_fit(tmp_path, progress=told.append).record == model.record
    assert told == []


def test_the_manifest_tells_hash_versions_seed_and_diagnostics(
    tmp_path: Path, model: QualityModel
) -> None:
    manifest = json.loads(save(tmp_path, model).read_text())
    assert set(manifest) == {"format", "posterior", "sha256", "fitted_at", "record"}
    assert {"evidence_sha256", "seed", "r_hat_max", "divergences", "versions"} <= set(
        manifest["record"])


def test_a_second_save_replaces_the_first_and_leaves_nothing_behind(
    tmp_path: Path, model: QualityModel
) -> None:
    save(tmp_path, model)
    other = QualityModel({k: v + 1 for k, v in model.draws.items()}, model.record)
    save(tmp_path, other)
    assert len(list((tmp_path / "quality").iterdir())) == 2
    back = load(tmp_path)
    assert back is not None
    assert np.array_equal(back.draws["ccd0_ma_cm2"], other.draws["ccd0_ma_cm2"])


def test_a_flipped_bit_is_found(tmp_path: Path, model: QualityModel) -> None:
    save(tmp_path, model)
    (parquet,) = (tmp_path / "quality").glob("*.parquet")
    data = bytearray(parquet.read_bytes())
    data[len(data) // 2] ^= 1
    parquet.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="does not match the hash"):
        load(tmp_path)


@pytest.mark.parametrize(("text", "message"), [
    ("{", "cannot be read"),
    ("{}", "cannot be read"),
    ('{"format": 99}', "format must be 1, got 99"),
])
def test_a_damaged_manifest_is_one_clear_error(
    tmp_path: Path, model: QualityModel, text: str, message: str
) -> None:
    save(tmp_path, model).write_text(text)
    with pytest.raises(StoreError, match=message):
        load(tmp_path)


def test_a_missing_posterior_is_one_clear_error(tmp_path: Path, model: QualityModel) -> None:
    save(tmp_path, model)
    next((tmp_path / "quality").glob("*.parquet")).unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        load(tmp_path)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path, model: QualityModel) -> None:
    home = tmp_path / "file"
    home.write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        save(home, model)
