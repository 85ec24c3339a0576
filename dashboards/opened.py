"""The store of this installation, opened once for all sessions and for the server's gate."""

from __future__ import annotations

import streamlit as st

from twin.settings import Settings
from twin.store import Store

__all__ = ["opened_store"]


@st.cache_resource(show_spinner=False)
def _open(_settings: Settings, home: str, url: str) -> Store:  # noqa: ARG001 - key of the cache
    return Store.open(_settings)


def opened_store() -> Store:
    """The store, acting for nobody in particular: pages take `state.store()`."""
    settings = Settings.from_environment()
    return _open(settings, str(settings.home), settings.database_url)
