"""What to set for the next lot: sentence, moves with their doubts, and what engineers decided."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import state
from dashboards.access import current_user, refusal
from dashboards.components import Card, answer, cards, draw, guarded, tags_of
from dashboards.figures.advice import move_figure
from dashboards.formatting import (
    age,
    clock,
    interval,
    label,
    number,
    percent,
    plain,
    unit_name,
    words,
)
from twin.advice import Advice, MoveAdvice, Proposal, decide, proposals, propose

__all__ = ["advice_sentence", "show_advice", "show_proposals"]


def show_advice(advice: Advice, seconds: float) -> None:
    """The advice, move by move, and the button that puts it before an engineer."""
    answer(advice_sentence(advice), *dict.fromkeys(["simulated", *tags_of(advice.provenance)]))
    st.caption(
        f"From what was known at {clock(advice.as_of, state.zone())}, worked out {age(seconds)} "
        "ago. Nothing is set by itself: an engineer approves, and a person sets it."
    )
    for move in advice.moves:
        _show_move(move)
    _quality(advice)
    for message in advice.messages:
        st.caption(plain(message[:1].upper() + message[1:]) + ".")
    _propose(advice)


def advice_sentence(advice: Advice) -> str:
    """What to set for the next lot?"""
    if not advice.moves:
        return "**There is no advice yet**: nothing has a level to hold."
    moved = [one for one in advice.moves if one.follow]
    if moved:
        told = "; ".join(
            f"{label(one.setting).lower()} {number(one.now, 4)} to {number(one.proposed, 4)} "
            f"{unit_name(one.unit)}" for one in moved
        )  # fmt: skip
        return f"**For the next lot: {told}.**"
    if any(one.reasons for one in advice.moves):
        return "**Leave the settings as they are**: there are reasons not to follow the advice now."
    return "**Leave the settings as they are**: every output is predicted near its target."


def _show_move(move: MoveAdvice) -> None:
    st.subheader(label(move.setting), anchor=False)
    if move.reasons:
        listed = "\n".join(f"- {plain(reason)}" for reason in move.reasons)
        st.warning(f"Do not follow:\n\n{listed}", icon=":material/block:")
    draw(move_figure(move, state.palette()), f"move-{move.loop}")
    limited = f", limited by the {move.limited_by}" if move.limited_by else ""
    output = unit_name(move.output_unit)
    st.markdown(
        f"{label(move.output)} is predicted at **{number(move.predicted_now, 4)} {output}** if "
        f"nothing is moved and **{number(move.predicted_after, 4)} {output}** after the move"
        f"{limited}; the target is {number(move.target, 4)} {output}."
    )
    if move.benefit is not None:
        less = move.benefit.less_deviation
        st.markdown(
            f"Simulated over {move.benefit.lots} lots, it takes "
            f"**{interval(less.mean, less.low, less.high, move.output_unit, 2)}** off the "
            f"deviation from the target of {number(move.benefit.deviation_without.mean, 2)} "
            f"{output}; better on {percent(move.benefit.p_better)} of {move.benefit.paths} lines."
        )
    st.caption(
        f"Effect {number(move.effect, 3)} ± {number(move.effect_sd, 2)} {output} per "
        f"{unit_name(move.unit)}, {percent(move.prior_share)} of it prior; the loop settles with "
        f"a probability of {percent(move.p_stable)}; at most {number(move.largest_move, 2)} "
        f"{unit_name(move.unit)} from lot to lot; {move.lots} lots seen."
    )


def _quality(advice: Advice) -> None:
    if advice.quality:
        now, after = advice.quality["now"], advice.quality["after"]
        cards([
            Card("CCD after", f"{number(after['ccd_ma_cm2'])} mA/cm²", "simulated",
                 f"As it is {number(now['ccd_ma_cm2'])}"),
            Card("Conforming cells after", percent(after["p_conforming"]), "simulated",
                 f"As it is {percent(now['p_conforming'])}"),
        ])  # fmt: skip


def _propose(advice: Advice) -> None:
    if not any(move.follow for move in advice.moves):
        return
    why = refusal("advice.propose")
    if st.button(
        "Put it before an engineer", icon=":material/send:", disabled=why is not None, help=why
    ):
        with guarded():
            propose(state.store(), advice, current_user().name)
            st.toast("Proposed", icon=":material/check:")
            st.rerun()


def show_proposals() -> None:
    """What was proposed, with the buttons of an engineer on what is open."""
    found = proposals(state.store())
    if not found:
        return
    st.subheader("Proposals", anchor=False)
    for one in [one for one in found if one.state == "proposed"]:
        _decide(one)
    st.dataframe(_table(found), hide_index=True)


def _decide(one: Proposal) -> None:
    with st.form(f"proposal-{one.proposal_id}"):
        st.markdown(f"**Proposal {one.proposal_id}**: {plain(_moves(one))}")
        reason = st.text_input("Why", key=f"why-{one.proposal_id}")
        with st.container(horizontal=True):
            for word in ("approve", "reject"):
                why = refusal(f"advice.{word}")
                if st.form_submit_button(words(word), disabled=why is not None, help=why):
                    with guarded():
                        decide(state.store(), one.proposal_id, word, current_user().name, reason)
                        st.rerun()


def _table(found: list[Proposal]) -> pd.DataFrame:
    zone = state.zone()
    return pd.DataFrame(
        {
            "Proposal": [one.proposal_id for one in found],
            "When": [clock(one.at, zone) for one in found],
            "Moves": [_moves(one) for one in found],
            "State": [words(one.state) for one in found],
            "Decided by": [one.decided_by for one in found],
            "Why": [one.reason for one in found],
        }
    )


def _moves(one: Proposal) -> str:
    return ", ".join(
        f"{label(move['setting'])} {number(move['now'], 4)} to {number(move['proposed'], 4)}"
        for move in one.document["moves"]
        if move["follow"]
    )
