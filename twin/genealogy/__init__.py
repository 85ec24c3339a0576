"""Where things came from and what became of them: rolls, strips, sheets, coupons, cells.

    foil roll -> lot (strip) -> wound roll -> sheets -> coupon -> cell

A lot keeps its id from strip to sheets. The graph is many to many: a wound roll may join several
strips, a coupon may be cut from several sheets. Beside it stand the passages: which lots a server
worked on together (a furnace run holds several), and the services in between.

Next door: `twin.ocel` writes it for other tools, `twin.records` and `twin.store` hold what it is
made from.
"""

from __future__ import annotations

from twin.genealogy.edge import Edge
from twin.genealogy.from_events import genealogy_of_events
from twin.genealogy.from_records import genealogy
from twin.genealogy.graph import Genealogy
from twin.genealogy.passages import Campaign, Passage, Passages

__all__ = [
    "Campaign",
    "Edge",
    "Genealogy",
    "Passage",
    "Passages",
    "genealogy",
    "genealogy_of_events",
]
