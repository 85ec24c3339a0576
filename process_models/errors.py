"""Every error that LACSS Twin raises on purpose.

    LacssError
    ├── InputError          a value, row, option, recipe or line that breaks a rule
    │   └── NotSupported    right in itself, but this version or engine cannot express it
    ├── AccessError         who asks may not do this, or is not who they say
    └── StoreError          the system of record cannot be opened, read or written

A message is one line that names what, where, the rule and the value received; the command `lacss`
prints it and ends with exit code 1.
"""

from __future__ import annotations

__all__ = ["AccessError", "InputError", "LacssError", "NotSupported", "StoreError"]


class LacssError(Exception):
    """Root of the family; its text is shown to people as it is."""


class InputError(LacssError, ValueError):
    """A value from outside that breaks a rule."""


class NotSupported(InputError):  # noqa: N818 - it is what the user reads
    """A request that is right in itself and that this engine or version cannot express."""


class AccessError(LacssError):
    """Who asks may not do this, or is not who they say."""


class StoreError(LacssError):
    """The system of record cannot be opened, read or written."""
