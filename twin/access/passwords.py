"""Passwords: what a new one must be, and how it is kept and compared (argon2id).

Comparing costs the same whether or not there is such an account: for an unknown name the password
is compared with a hash that nothing matches.
"""

from __future__ import annotations

import secrets
import threading
from functools import cache
from typing import TYPE_CHECKING

from process_models.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST", "SHORTEST", "check_password", "hash_password", "matches", "needs_rehash"]

SHORTEST, LONGEST = 12, 256
_DISTINCT = 5
_AT_ONCE = threading.Semaphore(2)


def check_password(password: str, name: str) -> str:
    """`password` when somebody called `name` may choose it.

    Raises
    ------
    InputError
        Otherwise; the message never holds the password.

    Examples
    --------
    >>> check_password("correct horse battery", "ana")
    'correct horse battery'
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(
            f"password must have {SHORTEST} to {LONGEST} characters, got {len(password)}"
        )
    if name.casefold() in password.casefold():
        raise InputError("password must not contain the name of the account")
    if len(set(password)) < _DISTINCT:
        raise InputError(f"password must have at least {_DISTINCT} different characters")
    return password


def hash_password(password: str) -> str:
    """The hash to keep, with its salt and its costs."""
    with _AT_ONCE:
        return hasher().hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether `password` is that of the hash `kept`; as slow for an empty hash as for another."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        password, kept = "", ""
    nobodys = _nobodys()
    with _AT_ONCE:
        try:
            hasher().verify(kept or nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def needs_rehash(kept: str) -> bool:
    """Whether `kept` was made with other costs than those of today."""
    return hasher().check_needs_rehash(kept)


@cache
def hasher() -> PasswordHasher:
    """RFC 9106, second recommendation: three passes over 64 MiB."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


@cache
def _nobodys() -> str:
    return hasher().hash(secrets.token_urlsafe(32))
