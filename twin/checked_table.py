"""A table of a TOML file, read key by key: each value is checked, and no key is left unread.

Every message names file, table, key, rule and value, so that it can be mended without this code.
"""

from __future__ import annotations

import difflib
import math
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from process_models.errors import InputError

__all__ = ["CheckedTable", "read_toml"]

_GREATEST = sys.float_info.max


def read_toml(path: Path) -> CheckedTable:
    """The whole file as one table.

    Raises
    ------
    InputError
        When the file is missing, not UTF-8 or not TOML; the message has the line number.
    """
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: must be UTF-8, byte {error.start} is not") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not TOML: {error}") from error
    except RecursionError:
        raise InputError(f"{path}: is not TOML that anybody wrote: brackets too deep") from None
    return CheckedTable(data, str(path))


class CheckedTable:
    """Reads typed values from a table and remembers which keys nobody asked for."""

    def __init__(self, data: Mapping[str, Any], where: str) -> None:
        self.data = data
        self.where = where
        self._known: list[str] = []

    def error(self, key: str, rule: str, value: Any) -> InputError:
        """The error to raise when `value` of `key` breaks `rule`."""
        return InputError(f"{self.where}: {key} {rule}, got {value!r:.80}")

    def has(self, key: str) -> bool:
        """Whether the key is there; asking makes it a known key."""
        self._known.append(key)
        return key in self.data

    def _get(self, key: str) -> Any:
        if not self.has(key):
            near = difflib.get_close_matches(key, self.data, n=1)
            hint = f" (did you mean it by {near[0]!r}?)" if near else ""
            raise InputError(f"{self.where}: {key} is missing{hint}")
        return self.data[key]

    def number(
        self,
        key: str,
        default: float | None = None,
        *,
        low: float = 0.0,
        high: float = math.inf,
        above: float | None = None,
    ) -> float:
        """A finite number in [low, high], or greater than `above`."""
        if default is not None and not self.has(key):
            return default
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, "must be a number", value)
        if not abs(value) <= _GREATEST:  # false for nan; whole numbers in TOML have no end
            raise self.error(key, "must be finite", value)
        if above is not None and value <= above:
            raise self.error(key, f"must be above {above:g}", value)
        if not low <= value <= high:
            raise self.error(key, f"must be {_rule(low, high, too_low=value < low)}", value)
        return float(value)

    def integer(
        self, key: str, default: int | None = None, *, low: int = 0, high: int = 10**15
    ) -> int:
        """A whole number in [low, high]."""
        if default is not None and not self.has(key):
            return default
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, "must be a whole number", value)
        if value < low:
            raise self.error(key, f"must be at least {low}", value)
        if value > high:
            raise self.error(key, f"must be at most {high}", value)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Text that is not empty."""
        if default is not None and not self.has(key):
            return default
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "must be text", value)
        return value

    def word(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of the allowed words."""
        value = self.text(key, default)
        words = sorted(allowed)
        if value not in words:
            near = difflib.get_close_matches(value, words, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise self.error(key, f"must be one of {', '.join(words)}{hint}", value)
        return value

    def table(self, key: str) -> CheckedTable:
        """A table inside this one."""
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise self.error(key, "must be a table {...}", value)
        return CheckedTable(value, f"{self.where}: {key}")

    def tables(self, key: str) -> list[CheckedTable]:
        """An array of tables, named by their `name` where they have one; empty when absent."""
        if not self.has(key):
            return []
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise self.error(key, f"must be tables [[{key}]]", value)
        return [
            CheckedTable(row, f"{self.where}: {key} {row.get('name', n)!r:.80}")
            for n, row in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Refuse a key that nobody asked for.

        Raises
        ------
        InputError
            With the key, its value, and the known key nearest to it.
        """
        for key, value in self.data.items():
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                raise InputError(f"{self.where}: unknown key {key!r:.80}{hint}, got {value!r:.80}")


def _rule(low: float, high: float, *, too_low: bool) -> str:
    """A range in words; a bound that only keeps numbers within reason is told alone."""
    if high < 1e9:
        return f"from {low:g} to {high:g}"
    return f"at least {low:g}" if too_low else f"at most {high:g}"
