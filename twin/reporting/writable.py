"""Text that the standard fonts of a PDF can write."""

from __future__ import annotations

from xml.sax.saxutils import escape

__all__ = ["markup", "writable"]

_GREEK = frozenset("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψως≤≥≠≈∞√")
_SPELLED = str.maketrans({"⁻": "^-", "\u0304": "", "\u200b": "", "\u2212": "-", "\u202f": " "})


def writable(text: str) -> str:
    """`text` with every character that cannot be written as its code point.

    Nothing is dropped silently: a lot id stays unmistakable even where it cannot be written.

    Examples
    --------
    >>> writable("60 µm ± 0.5"), writable("批7")
    ('60 µm ± 0.5', '\\\\u62797')
    """
    return "".join(_one(character) for character in text.translate(_SPELLED))


def markup(text: str) -> str:
    """`text` for a paragraph, where <, > and & would mean something."""
    return escape(writable(text))


def _one(character: str) -> str:
    if character in _GREEK:
        return character
    if character.isspace():
        return " "
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return f"\\u{ord(character):04x}"
    return character if character.isprintable() else f"\\x{ord(character):02x}"
