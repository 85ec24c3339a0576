"""What a command that keeps a store open says about an old SQLite."""

from __future__ import annotations

import typer

__all__ = ["tell_sqlite_fault"]


def tell_sqlite_fault() -> None:
    """Say on stderr when the store is in a SQLite with the WAL fault."""
    from twin.settings import Settings
    from twin.store import sqlite_warning

    warning = sqlite_warning()
    if warning and Settings.from_environment().database_url.startswith("sqlite"):
        typer.echo(f"note: {warning}", err=True)
