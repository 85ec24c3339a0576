"""The fitted quality model on disk: draws as Parquet, and a manifest that says what they are.

`LACSS_HOME/quality/posterior.parquet` and `manifest.json`; the manifest holds the hash of the
Parquet file and is written last, so that a fit that was cut short leaves the former one.
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

__all__ = ["load", "load_or_fit", "save"]

_FORMAT = 1
_FOLDER, _MANIFEST = "quality", "manifest.json"


def save(home: Path, model: QualityModel) -> Path:
    """Store `model` under `home`, replacing the former one, and return its manifest's path.

    Raises
    ------
    StoreError
        When the folder cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    folder = home / _FOLDER
    table = pa.table(dict(sorted(model.draws.items())))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink, write_page_checksum=True)
        data = sink.getvalue().to_pybytes()
        digest = hashlib.sha256(data).hexdigest()
        name = f"posterior-{digest[:12]}.parquet"
        _write(folder / name, data)
        manifest = {
            "format": _FORMAT,
            "posterior": name,
            "sha256": digest,
            "fitted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "record": asdict(model.record),
        }
        _write(folder / _MANIFEST, json.dumps(manifest, indent=2).encode())
        for old in folder.glob("posterior-*.parquet"):
            if old.name != name:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: quality model cannot be written: {error.strerror}") from error
    return folder / _MANIFEST


def load(home: Path) -> QualityModel | None:
    """The stored model, or None when there is none.

    Raises
    ------
    StoreError
        When it is there but damaged, or of another format.
    """
    path = home / _FOLDER / _MANIFEST
    if not path.exists():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] != _FORMAT:
            got = manifest["format"]
            raise StoreError(f"{path}: format must be {_FORMAT}, got {got}; run lacss quality fit")
        data = (path.parent / manifest["posterior"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != manifest["sha256"]:
            raise StoreError(
                f"{path.parent / manifest['posterior']}: does not match the hash in its manifest;"
                " run lacss quality fit")
        return _model(data, manifest["record"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path}: quality model cannot be read ({error}); run lacss quality fit") from error


def load_or_fit(
    home: Path,
    evidence_paths: Sequence[Path | str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> QualityModel:
    """The stored model; when there is none, one fitted on the evidence and stored.

    Parameters
    ----------
    home : Path
        `Settings.home`.
    evidence_paths : sequence of Path or str, optional
        Tables added to the built-in and the imported evidence if a fit is needed.
    progress : callable, optional
        Told in one line when a fit starts and ends.
    """
    from process_models.quality import fit
    from twin.evidence import combined_evidence
    from twin.store.evidence_import import evidence_files

    stored = load(home)
    if stored is not None:
        return stored
    paths = (*evidence_files(home), *(evidence_paths or ()))
    evidence: list[EvidenceRow] = combined_evidence(paths)
    tell = progress or (lambda _: None)
    tell("quality model: none stored, fitting on the evidence (under a minute)")
    model = fit(evidence)
    save(home, model)
    tell(f"quality model: fitted on {model.record.evidence_rows} rows and stored")
    return model


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
    from process_models.quality.model import FitRecord, QualityModel

    table = parquet.read_table(pa.BufferReader(data))
    missing = set(QUALITY_PARAMETERS) - set(table.column_names)
    if missing:
        raise ValueError(f"column {min(missing)} is missing")
    known = {field.name for field in fields(FitRecord)}
    kept = {name: value for name, value in record.items() if name in known}
    kept["spans"] = {name: (low, high) for name, (low, high) in kept["spans"].items()}
    draws = {name: table[name].to_numpy() for name in QUALITY_PARAMETERS}
    return QualityModel(draws, FitRecord(**kept))
