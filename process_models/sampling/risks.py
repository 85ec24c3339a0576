"""What a sampling plan must promise to the producer and to the consumer."""

from __future__ import annotations

from dataclasses import dataclass

from process_models.errors import InputError

__all__ = ["RiskPoint", "RiskPoints"]


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """A quality and the probability with which lots of it are accepted.

    Attributes
    ----------
    p : float
        Fraction nonconforming (or nonconformities a unit), above 0 and below 1.
    accept : float
        Probability of acceptance, above 0 and below 1.

    Raises
    ------
    InputError
        When one of them is outside its range.
    """

    p: float
    accept: float

    def __post_init__(self) -> None:
        for name, value in (("quality", self.p), ("probability of acceptance", self.accept)):
            if not 0 < value < 1:
                raise InputError(
                    f"the {name} of a risk point must be above 0 and below 1, got {value:g}"
                )


@dataclass(frozen=True, slots=True)
class RiskPoints:
    """Producer's risk point (good lots are mostly accepted) and consumer's (bad ones hardly).

    Raises
    ------
    InputError
        When the producer's quality is not better, or its acceptance not higher.
    """

    prp: RiskPoint
    crp: RiskPoint

    def __post_init__(self) -> None:
        if not self.prp.p < self.crp.p:
            raise InputError(
                f"quality at --prp must be below that at --crp, got {self.prp.p:g} "
                f"and {self.crp.p:g}"
            )
        if not self.prp.accept > self.crp.accept:
            raise InputError(
                f"acceptance at --prp must be above that at --crp, got {self.prp.accept:g} "
                f"and {self.crp.accept:g}"
            )
