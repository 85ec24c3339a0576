"""The answer of a what-if on its page: the sentence, the figures, the numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.components import answer, draw, numbers, tags_of
from dashboards.figures.experiments import Change, change_intervals
from dashboards.formatting import age, interval, level_name, number, percent, plain, words
from twin.what_if import Compared, WhatIf

__all__ = ["show_what_if", "what_if_sentence", "what_if_table"]

_LESS_IS_BETTER = ("finish_of_lots_in_process_h", "finish_of_last_lot_in_process_h")
_CELLS = ("ccd_ma_cm2", "life_h")


def show_what_if(made: WhatIf, seconds: float) -> None:
    """What the change does to lots, to finish times and, for a recipe, to cells."""
    answer(what_if_sentence(made), *dict.fromkeys(["simulated", *tags_of(made.provenance)]))
    st.caption(
        f"{made.replications} futures of the next {made.horizon_h:g} h from "
        f"{made.as_of:%a %d %b %H:%M} UTC, each played twice with the same chances; "
        f"{level_name(made.level)} of them lie inside. Worked out {age(seconds)} ago."
    )
    _figure(made, "lots", "Lots within the horizon: after the change less as it is", 1)
    _figure(made, "h", "When lots in process leave: after the change less as it is", -1)
    for name in _CELLS:
        unit = next((one.unit for one in made.figures if one.figure == name), "")
        if unit:
            _figure(made, unit, f"{words(name)} of cells: the recipe less the one now", 1, (name,))
    numbers(what_if_table(made), "what-if", label="All figures")
    for message in made.messages:
        st.caption(plain(message[:1].upper() + message[1:]) + ".")


def what_if_sentence(made: WhatIf) -> str:
    """What changes, in good lots and in time?"""
    names = [one.figure for one in made.figures]
    main = made.figure("good_lots" if "good_lots" in names else "finished_lots")
    change = plain("; ".join(made.changes))
    change = change[:1].upper() + change[1:]
    what = "good lots" if main.figure == "good_lots" else "finished lots"
    gain = main.difference
    if main.mean_low <= 0 <= main.mean_high:
        lots = f"no sure change of {what}: {_signed(gain.mean, gain.low, gain.high)}"
    else:
        more = "more" if gain.mean > 0 else "fewer"
        size = sorted((abs(gain.low), abs(gain.high)))
        same = gain.low * gain.high >= 0
        told = interval(abs(gain.mean), *(size if same else (gain.low, gain.high)))
        lots = f"{told} {more} {what}"
    text = f"**{change}: {lots}** in the next {made.horizon_h:g} h"
    if _LESS_IS_BETTER[0] in names:
        late = made.figure(_LESS_IS_BETTER[0]).difference
        side = "later" if late.mean > 0 else "earlier"
        text += f"; lots in process leave {number(abs(late.mean), 2)} h {side} on average"
    return f"{text}. Better in {percent(main.p_better)} of the futures."


def what_if_table(made: WhatIf) -> pd.DataFrame:
    """Every figure as it is, after the change, and the paired difference."""
    return pd.DataFrame(
        {
            "Figure": [words(one.figure) for one in made.figures],
            "Unit": [one.unit for one in made.figures],
            "As it is": [one.base.mean for one in made.figures],
            "Changed": [one.changed.mean for one in made.figures],
            "Difference": [one.difference.mean for one in made.figures],
            "Low": [one.difference.low for one in made.figures],
            "High": [one.difference.high for one in made.figures],
            "Mean, low": [one.mean_low for one in made.figures],
            "Mean, high": [one.mean_high for one in made.figures],
            "Better in": [one.p_better for one in made.figures],
        }
    )


def _figure(made: WhatIf, unit: str, title: str, better: int, only: tuple[str, ...] = ()) -> None:
    chosen = [one for one in made.figures if one.unit == unit and (not only or one.figure in only)]
    changes = [_change(one) for one in chosen if not _empty(one)]
    if changes:
        figure = change_intervals(changes, state.palette(), title=title, unit=unit, better=better)
        draw(figure, f"what-if-{chosen[0].figure}")


def _change(one: Compared) -> Change:
    return Change(words(one.figure), one.difference.mean, one.difference.low, one.difference.high)


def _empty(one: Compared) -> bool:
    return one.difference.mean != one.difference.mean


def _signed(mean: float, low: float, high: float) -> str:
    return interval(mean, low, high)
