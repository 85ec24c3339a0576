"""Cell tests from the files of cyclers: read in a child process, labelled, kept with their calls.

What a trace means is decided in `process_models.cells`; this room touches the files.
"""

from __future__ import annotations

__all__: list[str] = []
