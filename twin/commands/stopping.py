"""Options of `lacss simulate` that say how much to leave out, and how many replications to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from twin.experiments.stopping import Precision

__all__ = [
    "ABSOLUTE_OPTION",
    "FIGURE_OPTION",
    "UNTIL_OPTION",
    "WARM_UP_OPTION",
    "most_replications",
    "precision",
    "warm_up_hours",
]

MOST = 1000
WARM_UP_OPTION = Annotated[
    str, typer.Option(metavar="HOURS|auto", help="Left out at the beginning; auto is MSER-5.")
]
UNTIL_OPTION = Annotated[
    float | None,
    typer.Option(help="Replicate until the 99 % half-width is this share of the mean."),
]
FIGURE_OPTION = Annotated[str, typer.Option(help="The figure that --until-half-width is about.")]
ABSOLUTE_OPTION = Annotated[
    bool, typer.Option("--absolute", help="--until-half-width is in the figure's unit.")
]


def warm_up_hours(text: str) -> float | Literal["auto"]:
    """The option `--warm-up-h` as a number, or `auto`."""
    if text == "auto":
        return "auto"
    try:
        return float(text)
    except ValueError as error:
        raise typer.BadParameter(f"--warm-up-h is a number or auto, got {text!r}") from error


def precision(half_width: float | None, figure: str, absolute: bool) -> Precision | None:
    """What `--until-half-width` asks for; None without it."""
    from twin.experiments.stopping import Precision

    return None if half_width is None else Precision(half_width, figure, relative=not absolute)


def most_replications(asked: int, until: Precision | None) -> int:
    """At most a thousand where a half-width is asked for and no number is given."""
    return MOST if until is not None and asked == 1 else asked
