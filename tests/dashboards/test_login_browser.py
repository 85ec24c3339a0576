"""Signing in, out and staying out in headless Chromium: local accounts and an OIDC provider."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.serving import free_port, served
from twin.access.accounts import Accounts
from twin.measurement import Measurement
from twin.monitoring.audit import AuditLog
from twin.settings import Settings
from twin.store import Store
from twin.store.times import from_us, now_us

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT_MS = 60_000
PASSWORD = "correct horse battery"
SECRET = "canary-client-secret-9f31"
COOKIE_SECRET = "canary-cookie-secret-0123456789-0123456789"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

needs_httpx = pytest.mark.skipif(
    find_spec("httpx") is None, reason="httpx is not installed: login at a provider needs it"
)
sync_api = pytest.importorskip("playwright.sync_api")


class Provider:
    """An identity provider on loopback: discovery, authorize, token, keys; and how it may lie."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, Any] = {"sub": "77", "email": "ada@example.org",
                                       "email_verified": True}  # fmt: skip
        self.signing_key = self.key
        self.wrong: dict[str, Any] = {}
        self.userinfo_asked = 0
        self.nonces: dict[str, str] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            answer(handler, {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        elif parts.path == "/keys":
            answer(handler, {"keys": [self.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            code = f"code-{len(self.nonces)}"
            self.nonces[code] = asked.get("nonce", "")
            back = urlencode({"code": code, "state": asked["state"]})
            handler.send_response(302)
            handler.send_header("Location", f"{asked['redirect_uri']}?{back}")
            handler.end_headers()
        else:
            self.userinfo_asked += 1
            answer(handler, {"sub": "1", "email": "root@example.org", "email_verified": True})

    def post(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        form = parse_qs(handler.rfile.read(length).decode())
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": "lacss", "iat": now, "exp": now + 600,
            "nonce": self.nonces.get(form["code"][0], ""), **self.claims, **self.wrong,
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        answer(handler, {"access_token": "access", "token_type": "Bearer", "id_token": token})


def answer(handler: BaseHTTPRequestHandler, payload: dict[str, Any]) -> None:
    body = json.dumps(payload).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def store_of(home: Path) -> Iterator[Store]:
    with Store.open(Settings(home, f"sqlite:///{home / 'lacss.db'}")) as store:
        yield store


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(10)


@pytest.fixture(scope="module")
def home(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts of both kinds, a provider, and a lot that would like to be a script."""
    made = tmp_path_factory.mktemp("login")
    with store_of(made) as store:
        accounts = Accounts(store)
        accounts.add("ana", "admin", password=PASSWORD, user="root")
        accounts.add("vic", "viewer", password=PASSWORD, user="root")
        accounts.add("ada@example.org", "engineer", password=None, user="root")
        store.add_measurements([
            Measurement(
                measured_at=from_us(now_us() - 60_000_000 * (40 - i)),
                lot_id=f"<script>document.title='taken'</script><img src=x onerror=alert(1)>{i}",
                station="roll", characteristic="thickness_um", value=60.0 + i % 3, unit="um",
                provenance="measured",
            )
            for i in range(40)
        ])  # fmt: skip
    return made


@pytest.fixture(scope="module")
def address(home: Path, provider: Provider) -> Iterator[str]:
    port = free_port()
    (home / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        f'cookie_secret = "{COOKIE_SECRET}"\nclient_id = "lacss"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n'
    )
    (home / "secrets.toml").chmod(0o600)
    with served(home, port) as url:
        yield url


def sign_in(tab: Any, address: str, name: str, password: str = PASSWORD, path: str = "/") -> None:
    tab.goto(f"{address}{path}")
    tab.get_by_label("Name").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in").click()


def test_a_session_begins_on_the_login_page_lasts_over_a_reload_and_ends(
    tab: Any, address: str
) -> None:
    sign_in(tab, address, "ana", path="/about")
    tab.get_by_role("heading", name="About").wait_for()
    assert urlsplit(tab.url).path == "/about"
    [cookie] = [c for c in tab.context.cookies() if c["name"] == "lacss_session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert cookie["value"] not in tab.evaluate("document.cookie")
    tab.reload()
    tab.get_by_text("ana, admin").first.wait_for()
    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_role("heading", name="You are signed out").wait_for()
    tab.get_by_role("link", name="Sign in").click()
    tab.get_by_label("Password").wait_for()
    tab.goto(f"{address}/about")
    tab.get_by_label("Password").wait_for()


def test_nothing_but_the_login_page_is_served_before_it(tab: Any, address: str) -> None:
    for path in ("/", "/alerts", "/_stcore/host-config", "/_stcore/stream", "/media/x.csv",
                 "/component/x/index.html", "/%2e/alerts", "//alerts"):  # fmt: skip
        got = tab.request.get(f"{address}{path}", max_redirects=0)
        assert got.status in (303, 307, 400, 401, 403, 404), path
        assert "streamlit" not in got.text().lower(), path


def test_a_wrong_password_and_an_unknown_name_look_the_same(tab: Any, address: str) -> None:
    seen = []
    for name in ("ana", "nobody-of-this-name"):
        sign_in(tab, address, name, "wrong horse battery")
        seen.append(tab.get_by_role("alert").inner_text())
    assert seen[0] == seen[1]


def test_a_form_of_another_site_signs_nobody_in(tab: Any, address: str) -> None:
    form = {"name": "ana", "password": PASSWORD, "token": "guessed"}
    for headers in ({}, {"Origin": "https://evil.example"}):
        got = tab.request.post(f"{address}/login", form=form, headers=headers, max_redirects=0)
        assert got.status == 403
    assert [c for c in tab.context.cookies() if c["name"] == "lacss_session"] == []


def test_an_open_page_shows_nothing_after_an_administrator_ended_its_session(
    tab: Any, address: str, home: Path
) -> None:
    sign_in(tab, address, "vic", path="/about")
    tab.get_by_text("vic, viewer").first.wait_for()
    with store_of(home) as store:
        Accounts(store).end_sessions("vic", user="root")
    tab.get_by_test_id("stSidebarNav").get_by_text("Data and sources", exact=True).click()
    tab.get_by_role("heading", name="You are signed out").wait_for()


def test_lots_that_would_like_to_be_scripts_are_text(tab: Any, address: str) -> None:
    dialogs: list[str] = []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    sign_in(tab, address, "vic", path="/control-charts")
    tab.get_by_role("heading", name="Control charts").first.wait_for()
    for page in ("Data and sources", "Capability", "Genealogy", "Alerts", "Line"):
        tab.get_by_test_id("stSidebarNav").get_by_text(page, exact=True).click()
        tab.get_by_role("heading", name=page).first.wait_for()
        tab.wait_for_timeout(700)
        assert tab.locator("img[src='x']").count() == 0
        assert "taken" not in tab.title()
    assert dialogs == []


def by_provider(tab: Any, address: str) -> None:
    tab.goto(f"{address}/login")
    tab.get_by_role("link", name="Sign in with your company").click()


@needs_httpx
def test_whom_the_provider_vouches_for_comes_in_with_the_role_given_here(
    tab: Any, address: str, provider: Provider
) -> None:
    by_provider(tab, address)
    tab.get_by_text("ada@example.org, engineer").first.wait_for()
    assert provider.userinfo_asked == 0
    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_label("Password").wait_for()
    tab.goto(f"{address}/alerts")
    tab.get_by_label("Password").wait_for()


FORGED: dict[str, Callable[[Provider], None]] = {
    "signed by another key": lambda p: setattr(
        p, "signing_key", RSAKey.generate_key(2048, {"kid": "one"})
    ),
    "meant for another client": lambda p: p.wrong.update(aud="other"),
    "of another issuer": lambda p: p.wrong.update(iss="https://evil.example"),
    "expired": lambda p: p.wrong.update(exp=int(time.time()) - 900, iat=int(time.time()) - 1500),
    "an answer to another question": lambda p: p.wrong.update(nonce="replayed"),
    "a stranger": lambda p: p.claims.update(sub="78", email="eve@example.org"),
    "an address that is not verified": lambda p: p.claims.update(sub="79", email_verified=False),
}


@needs_httpx
@pytest.mark.parametrize("lie", FORGED.values(), ids=FORGED.keys())
def test_a_login_that_is_not_sound_lets_nobody_in(
    tab: Any, address: str, provider: Provider, lie: Callable[[Provider], None]
) -> None:
    kept = (provider.signing_key, dict(provider.claims))
    lie(provider)
    try:
        by_provider(tab, address)
        tab.get_by_label("Password").or_(tab.get_by_text("may not sign in")).first.wait_for()
        tab.wait_for_timeout(300)
        assert tab.get_by_text(", engineer").count() == 0
        assert tab.get_by_test_id("stSidebarNav").count() == 0
    finally:
        provider.signing_key, provider.claims = kept
        provider.wrong = {}


def test_secrets_are_in_no_log_and_no_trail(address: str, home: Path) -> None:
    """Runs last of this module: everything above has happened to this home."""
    kept = {"secrets.toml", "lacss.db", "lacss.db-wal", "lacss.db-shm", "audit.key"}
    texts = [p.read_bytes() for p in home.rglob("*") if p.is_file() and p.name not in kept]
    with store_of(home) as store:
        texts += [repr(entry).encode() for entry in AuditLog(store).entries()]
        texts += [repr(account).encode() for account in Accounts(store).list()]
    assert texts
    for canary in (SECRET, COOKIE_SECRET, PASSWORD, "wrong horse battery"):
        assert not any(canary.encode() in text for text in texts), canary
