"""The gate in front of the pages: nothing is served to whoever has not logged in.

It stands before Streamlit and sees every request and websocket. Pages check the session again at
every run, and services at every write.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import anyio.to_thread
import streamlit as st
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from dashboards.access import COOKIE, is_loopback
from process_models.errors import LacssError
from twin.access.login import login_needed, provider_file
from twin.access.sessions import identity_of
from twin.settings import Settings
from twin.store import Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Gate", "cookies_of", "gate_store"]

_OPEN = ("/login", "/auth/login", "/auth/logout", "/oauth2callback", "/_stcore/health")
_OPEN_FOLDERS = ("/static/",)
_PROVIDED = "_streamlit_user"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
)


@lru_cache(maxsize=1)
def gate_store(settings: Settings) -> Store:
    """The store, opened once a process."""
    return Store.open(settings)


def cookies_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The cookies of a request; damaged ones are none."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name == b"cookie":
            try:
                parsed = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            found |= {key: morsel.value for key, morsel in parsed.items()}
    return found


class Gate:
    """ASGI middleware that lets through who has a session, and everybody to the login page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        path = scope["path"]
        refused = None
        if path not in _OPEN and not path.startswith(_OPEN_FOLDERS):
            refused = await anyio.to_thread.run_sync(_refused, scope)
        if refused is None:
            await self._app(scope, receive, answered)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refused(scope, receive, answered)


def _refused(scope: Scope) -> Response | None:
    """What to answer to somebody who may not pass; None for who may."""
    try:
        store = gate_store(Settings.from_environment())
        near = is_loopback(st.get_option("server.address"))
        if not login_needed(store, near=near):
            return _refused_neighbour(scope)
        cookies = cookies_of(scope["headers"])
        if identity_of(store, cookies.get(COOKIE, "")) is not None:
            return None
        # Streamlit checks the signature of its own cookie, and the pages who it is.
        if provider_file(store.home) and any(name.startswith(_PROVIDED) for name in cookies):
            return None
    except LacssError as error:
        return PlainTextResponse(f"{error}\n", 503)
    return _to_login(scope)


def _to_login(scope: Scope) -> Response:
    wants = dict(scope["headers"]).get(b"accept", b"")
    if scope["type"] == "http" and scope["method"] == "GET" and b"text/html" in wants:
        asked = scope["path"] + (
            f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
        )
        return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
    return PlainTextResponse("sign in first\n", 401)


def _refused_neighbour(scope: Scope) -> Response | None:
    """Without accounts only this machine may look: not through a proxy, not by another name."""
    headers = dict(scope["headers"])
    host = urlsplit(f"//{headers.get(b'host', b'').decode('latin-1')}").hostname
    forwarded = any(name in headers for name in (b"forwarded", b"x-forwarded-for"))
    if forwarded or not is_loopback(host):
        return PlainTextResponse(
            "these pages have no accounts and are for this machine only: add an administrator "
            "with `lacss users add NAME --role admin`\n", 403,
        )  # fmt: skip
    return None
