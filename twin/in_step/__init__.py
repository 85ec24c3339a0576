"""The twin in step with its line: the state that events and measurements reduce to.

`Tracker` takes them as they come, late, twice or out of order, and always stands where the sorted
log would have put it. `current_state` reads it from the store; `unseen` carries what cannot be seen
as particles; `health` says whether the twin is to be trusted; `imported` builds it all from a
folder of files. Next door, `twin.calibration` fits parameters, `twin.forecasting` looks ahead.
"""

from __future__ import annotations

from twin.in_step.current import CurrentState, Follower, current_state
from twin.in_step.tracker import Taken, Tracker
from twin.in_step.unseen import Particles, particles

__all__ = [
    "CurrentState",
    "Follower",
    "Particles",
    "Taken",
    "Tracker",
    "current_state",
    "particles",
]
