"""Which station? The causes behind an alert, ranked by how well each explains what was measured.

Every cause of the control plan is played through the physics with sizes and onsets that nobody
knows, and compared with the readings of all characteristics around the alert, those that stayed
quiet included. Nothing here knows the truth of the reference plant (`twin.measuring`). Next door:
`twin.monitoring` raises the alerts, `process_models.diagnosis` holds the mathematics.
"""

from __future__ import annotations

__all__: list[str] = []
