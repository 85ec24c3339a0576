"""What to set for the next lot: moves that an engineer approves, and when not to follow them.

Exposure time steers the deposit, rolling pressure the thickness. The level of each follows from
the last lots, its effect from the physics and from what this line has shown. The mathematics are in
`process_models.run_to_run`; nothing here sets anything by itself.
"""

from __future__ import annotations

from twin.advice.advising import advise
from twin.advice.proposals import Proposal, decide, proposals, propose
from twin.advice.result import Advice, Benefit, MoveAdvice

__all__ = [
    "Advice",
    "Benefit",
    "MoveAdvice",
    "Proposal",
    "advise",
    "decide",
    "proposals",
    "propose",
]
