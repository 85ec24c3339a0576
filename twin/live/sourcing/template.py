"""Patterns of channels and the texts made from them: `line/{station}/+` gives `{station}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from process_models.errors import InputError

__all__ = ["ChannelPattern", "filled", "names_in"]

_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class ChannelPattern:
    """A channel, or several under one pattern.

    `+` stands for one whole level between slashes, `#` at the end for all that follow, `{name}`
    for a part of a level that is kept under that name. Anything else stands for itself.

    Raises
    ------
    InputError
        When it is empty, or bears a name twice.

    Examples
    --------
    >>> ChannelPattern("line/{station}/thickness/+").match("line/roll/thickness/3")
    {'station': 'roll'}
    >>> ChannelPattern("line/#").match("plant/roll") is None
    True
    """

    text: str

    def __post_init__(self) -> None:
        names = _NAME.findall(self.text)
        if not self.text.strip() or len(set(names)) < len(names):
            raise InputError(
                f"channel must not be empty and bear each name once, got {self.text!r}"
            )

    @property
    def is_plain(self) -> bool:
        """True when it stands for exactly one channel."""
        levels = self.text.split("/")
        return not (_NAME.search(self.text) or "+" in levels or levels[-1] == "#")

    @property
    def regex(self) -> re.Pattern[str]:
        """The pattern compiled; named groups hold what is kept."""
        levels = self.text.split("/")
        rest = levels[-1] == "#"
        whole = "/".join(_level(level) for level in (levels[:-1] if rest else levels))
        if rest:
            whole = f"{whole}(?:/.*)?" if whole else ".*"
        return re.compile(whole, re.DOTALL)

    @property
    def topic_filter(self) -> str:
        """What an MQTT broker is asked for: every level with a name becomes `+`."""
        return "/".join("+" if _NAME.search(level) else level for level in self.text.split("/"))

    def match(self, channel: str) -> dict[str, str] | None:
        """What `channel` says under the pattern's names; None when it is another channel."""
        found = self.regex.fullmatch(channel)
        return None if found is None else found.groupdict()


def _level(level: str) -> str:
    if level == "+":
        return "[^/]*"
    parts = _NAME.split(level)
    texts, names = parts[::2], parts[1::2]
    kept = [f"(?P<{name}>[^/]+)" for name in names] + [""]
    return "".join(re.escape(text) + group for text, group in zip(texts, kept, strict=True))


def names_in(text: str) -> tuple[str, ...]:
    """Names that `text` asks for.

    >>> names_in("sheet {sheet} of {lot}")
    ('sheet', 'lot')
    """
    return tuple(_NAME.findall(text))


def filled(text: str, fields: Mapping[str, str]) -> str:
    """`text` with every `{name}` replaced; a name that did not come is replaced by nothing.

    >>> filled("L{lot}", {"lot": "00017"})
    'L00017'
    """
    return _NAME.sub(lambda found: fields.get(found[1], ""), text) if "{" in text else text
