"""Snapshots: a running line as a JSON file, and a line that goes on from it bit for bit.

`state` takes the parts of the SimPy model apart and `restoring` puts them together; `parts` says
what they are, `codec` how their values look in JSON, `identity` which line it is; `file` keeps it
whole, `history` the records beside it, and `started` runs a line from where it stands.
"""

from __future__ import annotations

from twin.snapshot.keeping import read_snapshot, write_snapshot
from twin.snapshot.restoring import restored
from twin.snapshot.state import state_of

__all__ = ["read_snapshot", "restored", "state_of", "write_snapshot"]
