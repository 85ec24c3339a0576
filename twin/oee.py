"""Overall equipment effectiveness by ISO 22400-2: availability x effectiveness x quality ratio."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from process_models.errors import InputError

__all__ = ["Oee", "oee"]


@dataclass(frozen=True, slots=True)
class Oee:
    """The three factors, their product, and the production time in seconds."""

    production_s: float
    availability: float
    effectiveness: float
    quality: float
    oee: float

    def to_dict(self) -> dict[str, float]:
        """Plain values by name."""
        return asdict(self)


def oee(
    *,
    busy_s: float,
    down_s: float,
    setup_s: float,
    run_s_per_item: float,
    produced: float,
    good: float,
) -> Oee:
    """OEE of one work unit.

    Parameters
    ----------
    busy_s : float
        Planned busy time.
    down_s, setup_s : float
        Unplanned down time and actual set-up time within it.
    run_s_per_item : float
        Planned run time for one item.
    produced, good : float
        Produced quantity, and how many of it are good.

    Raises
    ------
    InputError
        When a value is negative, nothing is left of the planned busy time or nothing was produced.

    Examples
    --------
    >>> round(oee(busy_s=28800, down_s=2700, setup_s=900, run_s_per_item=54,
    ...           produced=400, good=380).oee, 4)
    0.7125
    """
    named = {
        "busy_s": busy_s, "down_s": down_s, "setup_s": setup_s,
        "run_s_per_item": run_s_per_item, "produced": produced, "good": good,
    }  # fmt: skip
    for name, value in named.items():
        if not 0 <= value < float("inf"):
            raise InputError(f"{name} must be finite and at least 0, got {value}")
    production_s = busy_s - down_s - setup_s
    if production_s <= 0:
        raise InputError(
            f"busy_s must be above down_s + setup_s = {down_s + setup_s}, got {busy_s}"
        )
    if produced == 0 or good > produced:
        raise InputError(f"produced must be above 0 and at least good ({good}), got {produced}")
    availability, effectiveness = production_s / busy_s, run_s_per_item * produced / production_s
    quality = good / produced
    return Oee(
        production_s, availability, effectiveness, quality, availability * effectiveness * quality
    )
