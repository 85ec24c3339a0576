"""What the paper reports of each material system, as figures that the model can be held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["PAPER_FIGURES", "PaperFigure", "Told"]

Told = Literal["yes", "order", "partly", "no"]


@dataclass(frozen=True, slots=True)
class PaperFigure:
    """One statement.

    Attributes
    ----------
    system, quantity : str
        Names in `process_models.physics.systems.SYSTEMS` and of a `ChainStep` of it.
    text : str
        As the paper says it.
    low, high : float
        What the statement allows: rounding, step width, or one side open.
    told : {"yes", "order", "partly", "no"}
        Whether a constant was set to it; order: only that it lies between others; partly: a
        wide prior was placed with it in mind.
    over : str
        When the statement compares: the system that it is compared with, as a ratio.
    """

    system: str
    quantity: str
    text: str
    low: float
    high: float
    told: Told
    over: str = ""


def _above(
    system: str, quantity: str, text: str, low: float, told: Told, over: str = ""
) -> PaperFigure:
    return PaperFigure(system, quantity, text, low, math.inf, told, over)


def _rate(c_rate: str, value: float, told: Told) -> PaperFigure:
    name = f"rate_{c_rate}c_mah_g"
    return PaperFigure("lacss", name, f"{value:g}", value - 0.05, value + 0.05, told)


PAPER_FIGURES: tuple[PaperFigure, ...] = (
    PaperFigure("bare_li", "ccd_ma_cm2", "1.0, steps of 0.1", 0.9, 1.1, "yes"),
    PaperFigure("bare_li", "life_0_5_h", "160", 159.5, 160.5, "yes"),
    PaperFigure("bare_li", "life_1_0_h", "< 10", 0.0, 10.0, "yes"),
    PaperFigure("bare_li", "areal_capacity_mah_cm2", "20, calculated", 19.5, 20.5, "no"),
    PaperFigure("bare_li", "np_ratio_cycling", "11.23", 11.225, 11.245, "no"),
    PaperFigure("bare_li", "np_ratio_rate", "18.69", 18.685, 18.695, "no"),
    PaperFigure("bare_li", "exchange_current_ma_cm2", "0.69", 0.685, 0.695, "yes"),
    PaperFigure("bare_li", "full_cell_cycles_to_short", "80", 79.5, 80.5, "no"),
    PaperFigure("deposited_foil", "vapour_monomer_g_l", "3.6", 3.55, 3.65, "no"),
    PaperFigure(
        "deposited_foil", "peak_foil_temperature_c", "foil stays solid", 178.0, 180.5, "yes"
    ),
    PaperFigure("l_lacss", "ccd_ma_cm2", "1.0 to 2.5", 1.0, 2.5, "order"),
    _above("l_lacss", "life_0_5_h", "> 160", 160.0, "order"),
    PaperFigure("lacss", "ccd_ma_cm2", "2.5, steps of 0.1", 2.4, 2.6, "yes"),
    _above("lacss", "life_0_5_h", "> 700", 700.0, "yes"),
    _above("lacss", "life_1_0_h", "> 400", 400.0, "yes"),
    _above("lacss", "plating_survival_h", "> 20 at 0.1 mA/cm2", 20.0, "no"),
    PaperFigure("lacss", "enriched_layer_nm", "about 300", 250.0, 350.0, "yes"),
    PaperFigure("lacss", "pure_layer_nm", "about 100", 80.0, 120.0, "yes"),
    PaperFigure("lacss", "al_over_cl_at_250_nm", "Al steeper than Cl", 0.0, 0.99, "order"),
    PaperFigure("lacss", "completion", "complete", 0.95, 1.0, "yes"),
    PaperFigure("lacss", "product_wt_percent", "below XRD, 1 to 5", 0.0, 5.0, "partly"),
    PaperFigure("lacss", "surface_modulus_gpa", "64, AFM mean", 63.5, 64.5, "no"),
    PaperFigure("lacss", "areal_capacity_mah_cm2", "11", 10.5, 11.5, "partly"),
    PaperFigure("lacss", "np_ratio_cycling", "6.18", 5.9, 6.46, "partly"),
    PaperFigure("lacss", "np_ratio_rate", "10.28", 9.81, 10.75, "partly"),
    PaperFigure("lacss", "asr_ohm_cm2", "similar to bare Li", 0.8, 1.25, "yes", "bare_li"),
    PaperFigure("lacss", "asr_growth_ohm_cm2", "less than bare Li", 0.0, 1.0, "order", "bare_li"),
    PaperFigure("lacss", "exchange_current_ma_cm2", "1.11", 1.105, 1.115, "yes"),
    PaperFigure("lacss", "gitt_polarisation_v", "less than bare Li", 0.0, 1.0, "no", "bare_li"),
    _rate("0.05", 200.9, "yes"),
    _rate("0.1", 172.9, "yes"),
    _rate("0.2", 161.6, "no"),
    _rate("0.5", 147.5, "yes"),
    _rate("1", 129.7, "no"),
    _rate("2", 97.2, "yes"),
    PaperFigure("lacss", "return_0.1c_mah_g", "162.8", 162.75, 162.85, "no"),
    PaperFigure("lacss", "return_0.1c_after_70_mah_g", "155.3", 155.25, 155.35, "no"),
    PaperFigure("lacss", "full_cell_capacity_mah_cm2", "1.30", 1.295, 1.305, "no"),
    PaperFigure("lacss", "full_cell_capacity_after_300_mah_cm2", "1.20", 1.195, 1.205, "no"),
    PaperFigure("lacss", "full_cell_retention_percent", "92.3", 92.25, 92.35, "yes"),
    _above("lacss", "full_cell_cycles_to_short", "> 300", 300.0, "no"),
    PaperFigure("h_lacss", "ccd_ma_cm2", "1.0 to 2.5", 1.0, 2.5, "order"),
    _above("h_lacss", "life_0_5_h", "> 160", 160.0, "order"),
    _above("drac_li", "asr_ohm_cm2", "much above LACSS", 1.0, "order", "lacss"),
    PaperFigure("drac_li", "completion", "few compounds within", 0.0, 0.5, "yes", "lacss"),
    PaperFigure("coarse_powder", "enriched_layer_nm", "no separation", 0.0, 0.0, "yes"),
    PaperFigure("li_al_melt", "separates", "yes", 1.0, 1.0, "yes"),
    PaperFigure("li_in_melt", "separates", "no", 0.0, 0.0, "yes"),
    PaperFigure("li_sn_melt", "separates", "no", 0.0, 0.0, "yes"),
    PaperFigure("li_mg_melt", "separates", "no", 0.0, 0.0, "yes"),
)
"""In the order of the systems."""
