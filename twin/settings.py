"""Where this installation keeps its store and finds its data files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from process_models.errors import StoreError

__all__ = ["Settings", "data_folder", "with_driver"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The folder of the store and settings, and the URL of the database.

    Attributes
    ----------
    home : Path
        `LACSS_HOME`, or `.lacss` in the current directory.
    database_url : str
        `LACSS_DATABASE`, or SQLite in `home`.
    """

    home: Path
    database_url: str

    @classmethod
    def from_environment(cls) -> Settings:
        """Read `LACSS_HOME` and `LACSS_DATABASE`, and create the home folder when missing."""
        home = Path(os.environ.get("LACSS_HOME") or ".lacss").expanduser().absolute()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"LACSS_HOME {home} cannot be created: {error.strerror}") from error
        url = os.environ.get("LACSS_DATABASE") or f"sqlite:///{home / 'lacss.db'}"
        return cls(home, with_driver(url))


def with_driver(url: str) -> str:
    """The URL as SQLAlchemy takes it: PostgreSQL is read by psycopg, however the scheme is spelt.

    Examples
    --------
    >>> with_driver("postgresql://lacss@127.0.0.1/plant")
    'postgresql+psycopg://lacss@127.0.0.1/plant'
    >>> with_driver("sqlite:///lacss.db")
    'sqlite:///lacss.db'
    """
    scheme, mark, rest = url.partition("://")
    return f"postgresql+psycopg{mark}{rest}" if scheme in ("postgres", "postgresql") else url


def data_folder() -> Path:
    """Folder with the evidence, recipes, line and control plan that come with the product."""
    checkout = Path(__file__).resolve().parent.parent / "data"
    if checkout.is_dir():
        return checkout
    return Path(sys.prefix) / "share" / "lacss-twin" / "data"
