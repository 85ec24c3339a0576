"""What a cell test shows: from its trace of current and voltage to CCD, life and short circuit.

A trace is cut into half-cycles (`half_cycles`), searched for a short circuit by named criteria
(`short`), and labelled (`label`). Reading files is done next door in `twin.cells`.
"""

from __future__ import annotations

from process_models.cells.full_cell_short import find_full_cell_short
from process_models.cells.half_cycles import HalfCycle, half_cycles
from process_models.cells.label import TESTS, CellLabel, label_trace, labelled
from process_models.cells.short import RULES, Short
from process_models.cells.symmetric_short import find_symmetric_short
from process_models.cells.trace import CellTrace

__all__ = [
    "RULES",
    "TESTS",
    "CellLabel",
    "CellTrace",
    "HalfCycle",
    "Short",
    "find_full_cell_short",
    "find_symmetric_short",
    "half_cycles",
    "label_trace",
    "labelled",
]
