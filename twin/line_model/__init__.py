"""The parts of the SimPy line model: plain state in objects, and SimPy events that move it on.

No part is a generator: a server holds its phase, lots, work left and the absolute time of its next
event, so it can be built in any phase, and a running line can be taken apart and put together.
Next door, `twin.simulation` assembles the parts, and `twin.line` is the line as data.
"""

from __future__ import annotations

__all__: list[str] = []
