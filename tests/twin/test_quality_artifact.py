"""The model on disk: what is saved is what is loaded, or a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from process_models.errors import InputError, StoreError
from process_models.quality import MODEL_VERSION, FitRecord, Optimum, QualityModel
from process_models.quality.prior_share import prior_constants
from twin import quality_artifact
from twin.evidence import reference_evidence, write_evidence
from twin.quality_artifact import load, load_or_fit, save, stale
from twin.quality_evidence import FitEvidence, gather


@pytest.fixture
def model() -> QualityModel:
    record = FitRecord(
        evidence_rows=10, evidence_sha256="abc", seed=1, draws=100, warmup=5, r_hat_max=1.01,
        ess_min=80.0, divergences=0, longest_life_h=700.0,
        spans={"sublimation_time_s": (0.0, 60.0)}, prior_share={"sublimation_time_s": 0.2},
        versions={"numpy": "2"}, laboratories=("B",), processes=("bare", "lacss"),
        optimum=Optimum(0.9, 0.6, 38.0, 22.0, 70.0),
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
    assert manifest["record"]["model_version"] == MODEL_VERSION
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


OWN = "id,sample,test,censoring,kind,process,sublimation_time_s,value,unit,laboratory\n"
MINE = OWN + "n1,mine,ccd,exact,measured,lacss,45,2.3,mA/cm2,our own\n"


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch, model: QualityModel) -> list[int]:
    """Numbers of rows of the fits asked for, none of which is made."""
    asked: list[int] = []

    def pretend(home: Path, evidence: FitEvidence, **_: object) -> tuple[QualityModel, Path]:
        asked.append(len(evidence.rows))
        return model, save(home, model, evidence)

    monkeypatch.setattr(quality_artifact, "fit_and_save", pretend)
    return asked


def test_without_a_model_one_is_fitted_once(tmp_path: Path, fits: list[int]) -> None:
    load_or_fit(tmp_path)
    load_or_fit(tmp_path)
    assert fits == [82]


def test_evidence_that_is_imported_later_makes_the_model_stale(
    tmp_path: Path, fits: list[int]
) -> None:
    load_or_fit(tmp_path)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "mine.csv").write_text(MINE)
    assert stale(tmp_path) == "the evidence changed since it was fitted"
    told: list[str] = []
    load_or_fit(tmp_path, progress=told.append)
    assert fits == [82, 83]
    assert told[0].startswith("quality model: the evidence changed since it was fitted, fitting")
    assert stale(tmp_path) == ""


def test_evidence_added_by_hand_is_remembered_by_the_next_fit(
    tmp_path: Path, fits: list[int], model: QualityModel
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(MINE)
    save(tmp_path, model, gather(tmp_path, [mine]))
    assert stale(tmp_path) == ""
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "more.csv").write_text(MINE.replace("n1", "n2").replace("2.3", "2.4"))
    load_or_fit(tmp_path)
    assert fits == [84]


def test_a_model_of_own_evidence_only_is_not_made_stale_by_other_evidence(
    tmp_path: Path, model: QualityModel
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(MINE)
    evidence = gather(tmp_path, [mine], only=True)
    assert (len(evidence.rows), len(evidence.extra)) == (1, 1)
    save(tmp_path, model, evidence)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "more.csv").write_text(MINE.replace("2.3", "2.4"))
    assert stale(tmp_path) == ""


def test_a_model_of_another_version_is_refused_and_fitted_again(
    tmp_path: Path, fits: list[int], model: QualityModel
) -> None:
    path = save(tmp_path, model)
    manifest = json.loads(path.read_text())
    manifest["record"]["model_version"] = 1
    path.write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=r"model_version must be 2, got 1; run lacss quality fit"):
        load(tmp_path)
    load_or_fit(tmp_path)
    assert fits == [82]


def test_rows_of_built_in_evidence_added_again_count_once(tmp_path: Path) -> None:
    write_evidence(tmp_path / "copy.csv", reference_evidence())
    assert len(gather(tmp_path, [tmp_path / "copy.csv"]).rows) == 82


def test_no_evidence_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one file"):
        gather(tmp_path, only=True)
