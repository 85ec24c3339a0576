"""What a reader of a gauge study should know besides its numbers."""

from __future__ import annotations

from process_models.gauge.anova import AnovaRow
from process_models.gauge.components import Components
from process_models.gauge.options import GaugeOptions

__all__ = ["study_notes"]


def study_notes(
    found: Components,
    operators: tuple[str, ...],
    interaction_kept: bool | None = None,
    interaction: AnovaRow | None = None,
    options: GaugeOptions | None = None,
) -> tuple[str, ...]:
    """Negative components, a dropped interaction, no repeatability, few operators."""
    notes = [
        f"the variance of {name} was estimated negative and is shown as 0"
        for name in found.negative
    ]
    if interaction_kept is False and interaction is not None:
        notes.append(_dropped(interaction, options))
    if found.variance["repeatability"] == 0:
        notes.append(
            "repeated measurements were all the same: the resolution of the gauge may be too coarse"
        )
    if len(operators) < 3:
        notes.append(
            f"with {len(operators)} operators the interval of reproducibility is very wide"
        )
    return tuple(notes)


def _dropped(interaction: AnovaRow, options: GaugeOptions | None) -> str:
    if options is None or options.interaction == "drop" or interaction.p is None:
        return "the interaction of part and operator was left out as asked"
    return (
        f"the interaction of part and operator was left out: p {interaction.p:.3g} is not below "
        f"{options.interaction_alpha:g}"
    )
