"""Labels of cell-test files, one by one; the first that cannot be read stops all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from process_models.cells import CellLabel, label_trace
from process_models.errors import InputError
from twin.cells.reading import Limits, TraceFile, read_trace

__all__ = ["LabelledFile", "label_files"]


@dataclass(frozen=True, eq=False)
class LabelledFile:
    """A file with its trace and its label."""

    file: TraceFile
    label: CellLabel
    area_cm2: float

    def to_dict(self) -> dict[str, Any]:
        """One cell in the JSON of `lacss cells label`."""
        return {
            "file": str(self.file.path),
            **self.label.to_dict(),
            "area_cm2": self.area_cm2,
            "format": self.file.format,
            "sha256": self.file.sha256,
            "provenance": self.file.provenance,
        }


def label_files(
    paths: Sequence[Path],
    *,
    area_cm2: float,
    test: str,
    step_ma_cm2: float = 0.1,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> list[LabelledFile]:
    """Read and label files.

    Parameters
    ----------
    area_cm2, test, step_ma_cm2
        As for `process_models.cells.label_trace`.
    mapping, limits
        As for `twin.cells.reading.read_trace`.

    Raises
    ------
    InputError
        At the first file that cannot be read, or when area, step or test break their rule.
    """
    found = []
    for path in paths:
        file = read_trace(path, mapping, limits)
        try:
            label = label_trace(file.trace, area_cm2=area_cm2, test=test, step_ma_cm2=step_ma_cm2)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
        found.append(LabelledFile(file, label, area_cm2))
    return found
