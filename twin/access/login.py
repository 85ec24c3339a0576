"""Whether pages need a login, and whether one is set up: accounts here, or an identity provider.

The provider stands in `secrets.toml` of the home folder, in the table `auth` that Streamlit's
`st.login` reads: redirect_uri, cookie_secret, client_id, client_secret, server_metadata_url.
"""

from __future__ import annotations

import stat
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from process_models.errors import InputError
from twin.store.schema.accessing import users
from twin.store.store import Store

__all__ = ["accounts_exist", "login_needed", "provider_file", "require_login_set_up"]

_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32


def provider_file(home: Path) -> Path | None:
    """The file that names the identity provider, or None when there is none.

    Raises
    ------
    InputError
        When it can be read by others, is no TOML, or lacks a setting; no value is in the message.
    """
    path = home / "secrets.toml"
    if not path.is_file():
        return None
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InputError(f"{path}: others may read it, its mode must be 0600 (chmod 600)")
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as TOML: {type(error).__name__}") from None
    auth = found.get("auth")
    if not isinstance(auth, dict):
        return None
    for name in _NEEDED:
        if not isinstance(auth.get(name), str) or not auth[name]:
            raise InputError(f"{path}: [auth] needs {name}, a text")
    if len(auth["cookie_secret"]) < _SHORTEST_SECRET:
        raise InputError(f"{path}: cookie_secret must have {_SHORTEST_SECRET} characters or more")
    return path


def accounts_exist(store: Store) -> bool:
    """Whether anybody has an account; then nobody is let in without one."""
    with store.database.reading() as connection:
        return connection.execute(sa.select(users.c.user_id).limit(1)).first() is not None


def login_needed(store: Store, *, near: bool) -> bool:
    """Whether pages need a login: everywhere but on loopback without accounts or provider.

    Parameters
    ----------
    near : bool
        The server listens on loopback.
    """
    return not near or accounts_exist(store) or provider_file(store.home) is not None


def require_login_set_up(store: Store, address: str) -> None:
    """Refuse to serve other machines before somebody can log in and give roles.

    Raises
    ------
    InputError
        When there is no active administrator; it says what to do.
    """
    query = sa.select(users.c.user_id).where(users.c.role == "admin", users.c.state == "active")
    provided = provider_file(store.home) is not None
    if provided and find_spec("httpx") is None:
        raise InputError("login at an identity provider needs the package httpx, it is missing")
    if not provided:
        query = query.where(users.c.origin == "local")
    with store.database.reading() as connection:
        if connection.execute(query.limit(1)).first() is not None:
            return
    raise InputError(
        f"address {address} can be reached from other machines, which needs login: add an "
        "administrator (`lacss users add NAME --role admin`), or serve on 127.0.0.1"
    )
