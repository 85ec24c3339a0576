"""The login page: a form in plain HTML, answered before anything of the pages is served.

The session goes to the browser in a cookie that no script can read. The form carries a token that
is also in a cookie of its own, so that no other site can post it.
"""

from __future__ import annotations

import html
import secrets
import time
from collections import deque
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboards.access import COOKIE
from dashboards.gate import gate_store
from process_models.errors import AccessError, LacssError
from twin.access.login import accounts_exist, provider_file
from twin.access.settings import read_access
from twin.access.signing_in import sign_in
from twin.settings import Settings

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Throttle", "answer_login", "safe_next", "show_login"]

_FORM_COOKIE = "lacss_form"
_LARGEST = 4096
_PAGE = Path(__file__).with_name("login.html")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}


class Throttle:
    """At most `most` failures of one client in `window_s`, whatever the names.

    Parameters
    ----------
    most : int
    window_s : float
    """

    def __init__(self, most: int = 20, window_s: float = 60.0) -> None:
        self._most, self._window_s = most, window_s
        self._failures: dict[str, deque[float]] = {}

    def failed(self, client: str) -> None:
        """One more; clients whose failures are all old are forgotten."""
        now = time.monotonic()
        for name in [n for n, at in self._failures.items() if now - at[-1] > self._window_s]:
            del self._failures[name]
        self._failures.setdefault(client, deque(maxlen=self._most)).append(now)

    def refuses(self, client: str) -> bool:
        """Whether it has failed too often just now."""
        at = self._failures.get(client, deque())
        return len(at) == self._most and time.monotonic() - at[0] < self._window_s


_THROTTLE = Throttle()


def safe_next(asked: str) -> str:
    """`asked` when it is a path of this server, else the first page.

    >>> safe_next("/alerts?alert=3"), safe_next("//evil.example/"), safe_next("https://evil")
    ('/alerts?alert=3', '/', '/')
    """
    parts = urlsplit(asked)
    far = parts.scheme or parts.netloc or not asked.startswith("/") or asked.startswith("//")
    odd = "\\" in asked or not asked.isprintable()
    return "/" if far or odd or parts.path == "/login" else asked


async def show_login(request: Request) -> Response:
    """GET: the form, and the identity provider when there is one."""
    return await anyio.to_thread.run_sync(_form, request, safe_next(_asked(request)), "", 200)


async def answer_login(request: Request) -> Response:
    """POST: a session, or the form again with one line that says the same whatever was wrong."""
    form = await _posted(request)
    target = safe_next(form.get("next", "/"))
    client = request.client.host if request.client else ""
    if not _from_our_form(request, form):
        return await anyio.to_thread.run_sync(
            _form, request, target, "This form was too old: try again.", 403
        )
    if _THROTTLE.refuses(client):
        return await anyio.to_thread.run_sync(
            _form, request, target, "Too many attempts: wait a minute.", 429
        )
    return await anyio.to_thread.run_sync(_signed_in, request, form, target, client)


def _signed_in(request: Request, form: dict[str, str], target: str, client: str) -> Response:
    settings = Settings.from_environment()
    try:
        token = sign_in(gate_store(settings), form.get("name", ""), form.get("password", ""))
        lifetime_h = read_access(settings.home).lifetime_h
    except AccessError as error:
        _THROTTLE.failed(client)
        text = str(error)
        return _form(request, target, text[:1].upper() + text[1:] + ".", 401)
    except LacssError:
        return _form(request, target, "Signing in is not possible now.", 503)
    answer = RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})
    _set(answer, request, COOKIE, token, int(lifetime_h * 3600))
    answer.delete_cookie(_FORM_COOKIE, path="/login")
    return answer


def _form(request: Request, target: str, problem: str, status: int) -> Response:
    store = gate_store(Settings.from_environment())
    token = secrets.token_urlsafe(24)
    provided, local = provider_file(store.home) is not None, accounts_exist(store)
    page = Template(_PAGE.read_text(encoding="utf-8")).substitute(
        problem=f'<p role="alert">{html.escape(problem)}</p>' if problem else "",
        next=html.escape(target, quote=True),
        token=token,
        local="" if local else "hidden",
        provider=_provider_link() if provided else "",
        nobody="" if local or provided else "There are no accounts yet.",
    )
    answer = HTMLResponse(page, status, headers=_HEADERS)
    _set(answer, request, _FORM_COOKIE, token, 3600, path="/login", same_site="strict")
    return answer


def _provider_link() -> str:
    from streamlit.auth_util import encode_provider_token

    token = html.escape(encode_provider_token("default"), quote=True)
    return f'<a class="button" href="/auth/login?provider={token}">Sign in with your company</a>'


def _set(
    answer: Response, request: Request, name: str, value: str, max_age_s: int, *, path: str = "/",
    same_site: str = "lax",
) -> None:  # fmt: skip
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    answer.set_cookie(
        name, value, max_age=max_age_s, path=path, secure=secure, httponly=True,
        samesite="strict" if same_site == "strict" else "lax",
    )  # fmt: skip


def _from_our_form(request: Request, form: dict[str, str]) -> bool:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    kept = request.cookies.get(_FORM_COOKIE, "")
    return bool(kept) and secrets.compare_digest(kept.encode(), form.get("token", "").encode())


async def _posted(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _asked(request: Request) -> str:
    return request.query_params.get("next", "/")
