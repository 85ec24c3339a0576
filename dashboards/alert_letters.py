"""Letters that could not be delivered: shown, and tried again by whoever may."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards import state
from dashboards.access import current_user, refusal
from dashboards.components import guarded
from dashboards.formatting import plain
from twin.monitoring.outbox import Letter, requeue

__all__ = ["show_dead_letters"]


def show_dead_letters(dead: Sequence[Letter]) -> None:
    """One line a letter with its error, and a button to try it again."""
    if not dead:
        return
    word = "letter" if len(dead) == 1 else "letters"
    st.error(
        f"**{len(dead)} {word} could not be delivered**: nobody was told by this way.",
        icon=":material/unsubscribe:",
    )
    why = refusal("notification.retry")
    with st.expander("Undelivered letters", icon=":material/mail:", key="dead-letters"):
        for letter in dead:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"Alert {letter.alert_id} to **{plain(letter.endpoint)}** "
                    f"({letter.attempts} attempts): {plain(letter.last_error)}"
                )
                st.button(
                    "Try again", key=f"resend-{letter.id}", icon=":material/forward_to_inbox:",
                    disabled=why is not None, help=why, on_click=_again, args=(letter.id,),
                )  # fmt: skip


def _again(number: int) -> None:
    with guarded():
        requeue(state.store(), number, user=current_user().name)
