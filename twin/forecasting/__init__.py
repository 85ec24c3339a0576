"""Parts of the forecast: futures of the line, readings still to come, yields, scores.

`twin.forecast` puts them together. Nothing here knows the truth of a reference plant.
"""

from __future__ import annotations

__all__: list[str] = []
