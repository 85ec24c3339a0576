"""The account of this machine under which the program runs."""

from __future__ import annotations

import getpass

__all__ = ["account_here"]


def account_here() -> str:
    """Its name, or `local` where it has none, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"
