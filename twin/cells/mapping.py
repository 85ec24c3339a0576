"""Which columns of a foreign table are ours, as a person gives them."""

from __future__ import annotations

from pathlib import Path

from process_models.errors import InputError

__all__ = ["column_mapping"]


def column_mapping(text: str | None) -> dict[str, str]:
    """Our columns to theirs, from `ours=theirs,...` or from the [columns] of a mapping file.

    Raises
    ------
    InputError
        When a pair is incomplete or the file breaks a rule.

    Examples
    --------
    >>> column_mapping("current_ma=I, voltage_v=U")
    {'current_ma': 'I', 'voltage_v': 'U'}
    """
    if text is None:
        return {}
    if "=" not in text:
        from twin.store.mapping import read_columns

        return read_columns(Path(text))
    pairs = [pair.split("=", 1) for pair in text.split(",")]
    for pair in pairs:
        if len(pair) != 2 or not all(part.strip() for part in pair):
            raise InputError(f"--map must be OURS=THEIRS,..., got {'='.join(pair)!r}")
    return {ours.strip(): theirs.strip() for ours, theirs in pairs}
