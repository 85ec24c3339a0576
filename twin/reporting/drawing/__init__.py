"""Vector drawings in the one visual language, for PDF and SVG alike.

Everything here turns numbers into `reportlab` shapes: `control` draws any chart, `sixpack` a
capability study, `gauge` a gauge study. Words and tables are next door, in `twin.reporting`.
"""

from __future__ import annotations
