"""Watching what is stored: the control plan, charts with frozen limits, alerts and their delivery.

Plan and lifecycle are data and pure functions; `watch`, `alerts`, `audit` and `notify` write to the
store next door (`twin.store`). The statistics are those of `process_models.spc`.
"""

from __future__ import annotations

__all__: list[str] = []
