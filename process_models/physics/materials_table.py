"""The table of material systems: the paper's figure, the model's, whether they agree, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from process_models.physics.chain import ChainStep
from process_models.physics.checked import Floats
from process_models.physics.paper_figures import PAPER_FIGURES, PaperFigure, Told
from process_models.physics.systems import SYSTEMS, run_system

__all__ = ["FigureComparison", "compare_with_paper", "materials_markdown"]

_LEVEL = 0.9
_INTRODUCTION = """\
# Material systems

Every material of the LACSS paper is a process that runs: `lacss physics run NAME`. This table is
printed by `lacss physics systems` and written by `lacss physics systems --markdown`.

The model's column is the median and the 90 % interval of one cell under 1,000 draws of the priors
(seed 0), before any evidence; the fitted quality model narrows CCD and life. They agree when the
interval meets what the figure allows (its rounding, step width or open side). A wide interval
agrees easily: read its width as what is not known. Told says whether a constant was set to the
figure: yes; order, only that it lies between others; partly, a wide prior was placed with it in
mind; no, the model had to find it. Only a "no" that agrees speaks for the model. A quantity such
as `asr_ohm_cm2 / lacss` is a ratio to another system.

"""
_REASONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (
            "bare_li",
            "areal_capacity_mah_cm2",
        ): "20 mAh/cm2 of a 100 um foil is the paper's own sum, rounded down from 20.6.",
        ("bare_li", "np_ratio_cycling"): "follows from the rounded 20 mAh/cm2.",
        ("bare_li", "np_ratio_rate"): "follows from the rounded 20 mAh/cm2.",
        (
            "bare_li",
            "full_cell_cycles_to_short",
        ): "the S-N law comes from symmetric cells at 0.5 mAh/cm2; carried over to 0.89 mA/cm2 and"
        " 1.3 mAh/cm2 in a full cell at 6 MPa it is far too short. It holds where it was learnt.",
        (
            "lacss",
            "surface_modulus_gpa",
        ): "64 GPa is above both components, 62.4 and 49.9 GPa: no mixture gives it. A bias of"
        " the AFM, or a place rich in Li9Al4.",
        (
            "lacss",
            "return_0.1c_after_70_mah_g",
        ): "slow cycles take long, and ageing by time is not modelled, only by cycles.",
    }
)
_LAST = """
Not modelled: cyclic voltammetry, TOF-SIMS sputter times, DFT energies, and the rate capability of
bare lithium, of which the paper gives no number.
"""


@dataclass(frozen=True, slots=True)
class FigureComparison:
    """A figure of the paper beside the model's.

    Attributes
    ----------
    system, title, quantity, unit : str
    paper : str
    paper_low, paper_high : float
        What the paper's figure allows.
    median, low, high : float
        Of the model, at `level`.
    level : float
    agrees : bool
        Whether the two intervals meet.
    told : {"yes", "order", "partly", "no"}
    """

    system: str
    title: str
    quantity: str
    unit: str
    paper: str
    paper_low: float
    paper_high: float
    median: float
    low: float
    high: float
    level: float
    agrees: bool
    told: Told


def compare_with_paper(
    draws: int = 1000, seed: int = 0, posterior: Mapping[str, Floats] | None = None
) -> tuple[FigureComparison, ...]:
    """Run every system from the priors and hold it against the paper.

    Parameters
    ----------
    draws, seed : int
    posterior : mapping of str to ndarray, shape (n,), optional
        Draws of fitted constants, which take the place of their priors.

    Raises
    ------
    InputError
        When `draws` is not at least 1.

    Examples
    --------
    >>> first = compare_with_paper(draws=200)[0]
    >>> first.title, first.quantity, first.agrees
    ('bare Li', 'ccd_ma_cm2', True)
    """
    runs = {
        name: {step.quantity: step for step in run_system(one, draws, seed, posterior)}
        for name, one in SYSTEMS.items()
    }
    return tuple(_compare(figure, runs) for figure in PAPER_FIGURES)


def _compare(figure: PaperFigure, runs: dict[str, dict[str, ChainStep]]) -> FigureComparison:
    step = runs[figure.system][figure.quantity]
    quantity, unit = figure.quantity, step.unit
    if figure.over:
        other = runs[figure.over][figure.quantity].values
        safe = np.where(other > 0, other, np.nan)
        step = ChainStep(step.stage, quantity, "1", step.values / safe)
        quantity, unit = f"{quantity} / {figure.over}", "1"
    median, low, high = step.interval(_LEVEL)
    return FigureComparison(
        figure.system,
        SYSTEMS[figure.system].title,
        quantity,
        unit,
        figure.text,
        figure.low,
        figure.high,
        median,
        low,
        high,
        _LEVEL,
        agrees=low <= figure.high and high >= figure.low,
        told=figure.told,
    )


def materials_markdown(rows: Sequence[FigureComparison]) -> str:
    """The page `docs/materials_table.md`."""
    lines = [
        "| system | quantity | unit | paper | model (90 %) | agrees | told |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.title} | {row.quantity} | {row.unit} | {row.paper} | {_model(row)}"
        f" | {'yes' if row.agrees else '**no**'} | {row.told} |"
        for row in rows
    ]
    untold = [row for row in rows if row.told == "no"]
    found = sum(row.agrees for row in untold)
    lines += ["", f"Of the {len(untold)} figures the model was not told, {found} agree.", ""]
    lines += ["Where they do not agree:", ""]
    lines += [f"- {row.title}, {row.quantity}: {_reason(row)}" for row in rows if not row.agrees]
    return _INTRODUCTION + "\n".join(lines) + "\n" + _LAST


def _reason(row: FigureComparison) -> str:
    return _REASONS.get((row.system, row.quantity), "not explained.")


def _model(row: FigureComparison) -> str:
    if row.low == row.high:
        return _plain(row.median)
    return f"{_plain(row.median)} ({_plain(row.low)} to {_plain(row.high)})"


def _plain(value: float) -> str:
    """Three significant digits without an exponent."""
    if value == 0:
        return "0"
    places = 2 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(places, 0)}f}"
