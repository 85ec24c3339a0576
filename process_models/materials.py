"""Constants of the materials, each with its unit and source.

Marks as in the evidence table: [paper] Nature Communications 15 (2024), s41467-024-48585-7;
[handbook] standard tables; [computed] from the two.
"""

from __future__ import annotations

__all__ = [
    "ALCL3_G_MOL",
    "ALCL3_SOLID_G_CM3",
    "AL_G_MOL",
    "ATMOSPHERE_KPA",
    "CL_G_MOL",
    "FARADAY_C_MOL",
    "FARADAY_MAH_MOL",
    "GAS_CONSTANT_J_MOL_K",
    "LI9AL4_CM3_MOL",
    "LI9AL4_G_MOL",
    "LICL_CM3_MOL",
    "LICL_G_MOL",
    "LITHIUM_DENSITY_G_CM3",
    "LITHIUM_HEAT_J_G_K",
    "LITHIUM_MAH_CM2_UM",
    "LITHIUM_MAH_G",
    "LITHIUM_MELTING_C",
    "LI_CM3_MOL",
    "LI_G_MOL",
    "PELLET_CONDUCTIVITY_S_CM",
    "PELLET_THICKNESS_CM",
    "REACTION_HEAT_J_MG",
    "REFERENCE_CHAMBER_C",
    "REFERENCE_EXPOSURE_S",
    "REFERENCE_FOIL_UM",
    "REFERENCE_PRESSURE_MPA",
    "REFERENCE_THICKNESS_UM",
    "REFERENCE_VAPOUR_G_L",
    "ZERO_C_K",
]

ZERO_C_K = 273.15
ATMOSPHERE_KPA = 101.325
GAS_CONSTANT_J_MOL_K = 8.314462618
FARADAY_C_MOL = 96485.33212
FARADAY_MAH_MOL = FARADAY_C_MOL / 3.6

LI_G_MOL = 6.94  # [handbook]
AL_G_MOL = 26.9815385  # [handbook]
CL_G_MOL = 35.45  # [handbook]
ALCL3_G_MOL = AL_G_MOL + 3 * CL_G_MOL
LICL_G_MOL = LI_G_MOL + CL_G_MOL
LI9AL4_G_MOL = 9 * LI_G_MOL + 4 * AL_G_MOL

LI_CM3_MOL = 13.00  # [handbook]
LICL_CM3_MOL = 20.5  # [handbook]
LI9AL4_CM3_MOL = 134.2  # [computed] from the unit cell

ALCL3_SOLID_G_CM3 = 2.48  # [handbook]

LITHIUM_DENSITY_G_CM3 = 0.534  # [handbook]
LITHIUM_HEAT_J_G_K = 3.58  # [handbook] 25 C
LITHIUM_MELTING_C = 180.5  # [handbook]
LITHIUM_MAH_G = 3860.0  # [handbook] theoretical capacity
LITHIUM_MAH_CM2_UM = LITHIUM_DENSITY_G_CM3 * LITHIUM_MAH_G * 1e-4

REACTION_HEAT_J_MG = 3.9  # [computed] per mg AlCl3, from enthalpies of formation
PELLET_CONDUCTIVITY_S_CM = 7.9e-3  # [paper] Li5.5PS4.5Cl1.5, 25 C
PELLET_THICKNESS_CM = 0.106  # [computed] 150 mg in a 10 mm die at 1.8 g/cm3

REFERENCE_EXPOSURE_S = 40.0  # [paper] LACSS
REFERENCE_CHAMBER_C = 178.0  # [paper]
REFERENCE_VAPOUR_G_L = 3.6  # [paper] nominal
REFERENCE_THICKNESS_UM = 60.0  # [paper]
REFERENCE_FOIL_UM = 100.0  # assumed: the thickness of the bare foil in the paper
REFERENCE_PRESSURE_MPA = 36.0  # assumed: what 100 to 60 um needs in one pass
