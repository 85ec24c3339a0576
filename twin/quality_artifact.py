"""The fitted quality model on disk: draws as Parquet, and a manifest that says what they are.

`LACSS_HOME/quality/posterior-*.parquet` and `manifest.json`; the manifest holds the hash of the
Parquet file and is written last, so that a fit that was cut short leaves the former one. Evidence
that was added by hand stands beside them as `evidence-*.csv`.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from process_models.errors import StoreError

if TYPE_CHECKING:
    from process_models.quality import EvidenceRow, QualityModel
    from twin.quality_evidence import FitEvidence

__all__ = ["evidence_of", "fit_and_save", "load", "load_or_fit", "save", "stale"]

_FORMAT = 1
_FOLDER, _MANIFEST = "quality", "manifest.json"


def save(home: Path, model: QualityModel, evidence: FitEvidence | None = None) -> Path:
    """Store `model` under `home`, replacing the former one, and return its manifest's path.

    Parameters
    ----------
    home : Path
    model : QualityModel
    evidence : FitEvidence, optional
        What it was fitted on; without it the model never counts as stale.

    Raises
    ------
    StoreError
        When the folder cannot be written.
    """
    folder = home / _FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        posterior = _named("posterior", ".parquet", _parquet(model))
        files = {posterior[0]: posterior[1]}
        manifest: dict[str, Any] = {
            "format": _FORMAT,
            "posterior": posterior[0],
            "sha256": hashlib.sha256(posterior[1]).hexdigest(),
            "fitted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "record": asdict(model.record),
        }
        if evidence is not None:
            manifest["evidence"] = {"only": evidence.only, "base_sha256": evidence.base_sha256}
            if evidence.extra:
                name, data = _named("evidence", ".csv", _csv(folder, evidence.extra))
                manifest["evidence"]["extra"] = name
                files[name] = data
        for name, data in files.items():
            _write(folder / name, data)
        _write(folder / _MANIFEST, json.dumps(manifest, indent=2).encode())
        for old in (*folder.glob("posterior-*.parquet"), *folder.glob("evidence-*.csv")):
            if old.name not in files:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: quality model cannot be written: {error.strerror}") from error
    return folder / _MANIFEST


def load(home: Path) -> QualityModel | None:
    """The stored model, or None when there is none.

    Raises
    ------
    StoreError
        When it is there but damaged, or of another format or version of the model.
    """
    path = home / _FOLDER / _MANIFEST
    manifest = _manifest(home)
    if manifest is None:
        return None
    try:
        _check_version(path, manifest)
        data = (path.parent / manifest["posterior"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != manifest["sha256"]:
            raise StoreError(
                f"{path.parent / manifest['posterior']}: does not match the hash in its manifest;"
                " run lacss quality fit"
            )
        return _model(data, manifest["record"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path}: quality model cannot be read ({error}); run lacss quality fit"
        ) from error


def stale(home: Path) -> str:
    """Why the stored model is out of date, in a few words; empty when it is not.

    It is when the built-in or the imported evidence changed since, or the model's version did.
    """
    from process_models.quality import MODEL_VERSION
    from twin.quality_evidence import gather

    manifest = _manifest(home)
    if manifest is None:
        return ""
    version = _version(manifest)
    if version != (_FORMAT, MODEL_VERSION):
        return "it was made by another version of the model"
    origin = manifest.get("evidence")
    if origin is None or origin["only"]:
        return ""
    current = gather(home).base_sha256
    return "" if current == origin["base_sha256"] else "the evidence changed since it was fitted"


def load_or_fit(
    home: Path,
    evidence_paths: Sequence[Path | str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> QualityModel:
    """The stored model; when there is none, or a stale one, one fitted on the evidence and stored.

    Parameters
    ----------
    home : Path
        `Settings.home`.
    evidence_paths : sequence of Path or str, optional
        Tables added to the built-in and the imported evidence if a fit is needed.
    progress : callable, optional
        Told in one line when a fit starts and ends.
    """
    why = stale(home)
    stored = None if why else load(home)
    if stored is not None:
        return stored
    tell = progress or (lambda _: None)
    tell(f"quality model: {why or 'none stored'}, fitting on the evidence (under a minute)")
    model, _ = fit_and_save(home, evidence_of(home, evidence_paths or ()))
    tell(f"quality model: fitted on {model.record.evidence_rows} rows and stored")
    for fault in model.record.faults:
        tell(f"quality model: NOT CONVERGED, {fault}")
    return model


def fit_and_save(
    home: Path, evidence: FitEvidence, *, seed: int = 0, draws: int = 1000
) -> tuple[QualityModel, Path]:
    """Fit on `evidence`, store the model, and return it with its manifest's path.

    Compiled programs are kept in `home/cache/jax`, so that the next fit starts sooner.
    """
    import jax

    from process_models.quality import fit
    from process_models.quality.design import build_design

    build_design(evidence.rows)  # refuses before anything is written
    _make(home / "cache" / "jax")
    jax.config.update("jax_compilation_cache_dir", str(home / "cache" / "jax"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    model = fit(evidence.rows, seed=seed, draws=draws)
    return model, save(home, model, evidence)


def evidence_of(home: Path, paths: Sequence[Path | str] = ()) -> FitEvidence:
    """The evidence as it is now, with what was added by hand to the stored model's."""
    from twin.evidence import read_evidence
    from twin.quality_evidence import gather

    origin = (_manifest(home) or {}).get("evidence") or {}
    if "extra" not in origin:
        return gather(home, paths)
    extra = read_evidence(home / _FOLDER / origin["extra"], known=gather(home).rows)
    return gather(home, paths, extra=extra, only=origin["only"])


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}") from error


def _manifest(home: Path) -> dict[str, Any] | None:
    path = home / _FOLDER / _MANIFEST
    try:
        if not path.exists():
            return None
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path}: quality model cannot be read ({error}); run lacss quality fit"
        ) from error
    if not isinstance(manifest, dict):
        raise StoreError(
            f"{path}: quality model cannot be read (must be an object); run lacss quality fit"
        )
    return manifest


def _version(manifest: dict[str, Any]) -> tuple[object, object]:
    """Format and version of the model; what is damaged counts as the current version."""
    from process_models.quality import MODEL_VERSION

    record = manifest.get("record")
    if not isinstance(record, dict):
        return manifest.get("format", _FORMAT), MODEL_VERSION
    return manifest.get("format", _FORMAT), record.get("model_version", 1)


def _check_version(path: Path, manifest: dict[str, Any]) -> None:
    from process_models.quality import MODEL_VERSION

    for name, got, wanted in zip(
        ("format", "model_version"), _version(manifest), (_FORMAT, MODEL_VERSION), strict=True
    ):
        if got != wanted:
            raise StoreError(f"{path}: {name} must be {wanted}, got {got}; run lacss quality fit")


def _named(stem: str, suffix: str, data: bytes) -> tuple[str, bytes]:
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}{suffix}", data


def _parquet(model: QualityModel) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    table = pa.table(dict(sorted(model.draws.items())))
    parquet.write_table(table, sink, write_page_checksum=True)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _csv(folder: Path, rows: Sequence[EvidenceRow]) -> bytes:
    from twin.evidence import write_evidence

    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / "evidence.csv"
        write_evidence(path, rows)
        return path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: written beside, synced, renamed."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _model(data: bytes, record: dict[str, Any]) -> QualityModel:
    import pyarrow as pa
    from pyarrow import parquet

    from process_models.physics.priors import QUALITY_PARAMETERS
    from process_models.quality import FitRecord, Optimum, QualityModel

    table = parquet.read_table(pa.BufferReader(data), page_checksum_verification=True)
    missing = set(QUALITY_PARAMETERS) - set(table.column_names)
    if missing:
        raise ValueError(f"column {min(missing)} is missing")
    known = {field.name for field in fields(FitRecord)}
    kept = {name: value for name, value in record.items() if name in known}
    kept["spans"] = {name: (low, high) for name, (low, high) in kept["spans"].items()}
    for name in ("laboratories", "processes"):
        kept[name] = tuple(kept.get(name, ()))
    for name in ("optimum", "prior_optimum"):
        kept[name] = Optimum(**kept[name]) if kept.get(name) else None
    draws = {name: table[name].to_numpy() for name in table.column_names}
    return QualityModel(draws, FitRecord(**kept))
