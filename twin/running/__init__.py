"""Parts of the main job: child processes, the simulated week, the running line, the summary.

`twin.run` puts them together for `lacss run`.
"""

from __future__ import annotations

__all__: list[str] = []
