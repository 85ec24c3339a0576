"""What one lot goes through, from foil to cell: vapour, reaction, winding, rolling, segregation.

Everything is vectorised over lots; no module here knows time, a line or a file. Next door,
`process_models.quality` learns the constants of the cell response from evidence.
"""

from __future__ import annotations

from process_models.physics.cell import CellTests, lot_cells
from process_models.physics.lot import LotInputs, LotStructure, lot_structure, nominal_inputs
from process_models.physics.priors import PRIORS, Prior
from process_models.physics.recipe_parameters import (
    PROCESSES,
    ProcessParameters,
    ProcessSettings,
)

__all__ = [
    "PRIORS",
    "PROCESSES",
    "CellTests",
    "LotInputs",
    "LotStructure",
    "Prior",
    "ProcessParameters",
    "ProcessSettings",
    "lot_cells",
    "lot_structure",
    "nominal_inputs",
]
