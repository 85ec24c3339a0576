"""What one lot goes through, from foil to cell: vapour, reaction, winding, rolling, segregation.

Everything is vectorised over lots and over draws of the constants; no module here knows time, a
line or a file. Next door, `process_models.quality` learns the constants of the cell response from
evidence.
"""

from __future__ import annotations

from process_models.physics.cell import CellTests, lot_cells
from process_models.physics.chain import ChainStep, run_chain
from process_models.physics.draws import ParameterDraws, draw_parameters
from process_models.physics.interlock import FoilInterlock
from process_models.physics.limits import limits
from process_models.physics.lot import LotInputs, LotStructure, lot_structure, nominal_inputs
from process_models.physics.lot_deposit import lot_interlock
from process_models.physics.priors import PRIORS, Prior
from process_models.physics.recipe_parameters import (
    PROCESSES,
    ProcessParameters,
    ProcessSettings,
)
from process_models.physics.symmetric_cell import CellElectrics, ccd_trace, cycling_trace
from process_models.physics.systems import SYSTEMS, MaterialSystem, run_system
from process_models.physics.trace import SimulatedShort, SimulatedTrace

__all__ = [
    "PRIORS",
    "PROCESSES",
    "SYSTEMS",
    "CellElectrics",
    "CellTests",
    "ChainStep",
    "FoilInterlock",
    "LotInputs",
    "LotStructure",
    "MaterialSystem",
    "ParameterDraws",
    "Prior",
    "ProcessParameters",
    "ProcessSettings",
    "SimulatedShort",
    "SimulatedTrace",
    "ccd_trace",
    "cycling_trace",
    "draw_parameters",
    "limits",
    "lot_cells",
    "lot_interlock",
    "lot_structure",
    "nominal_inputs",
    "run_chain",
    "run_system",
]
