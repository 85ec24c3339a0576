"""The line run on from now, again and again.

`run_ahead` starts every future from the line's state, with parameters drawn from what is known of
them and with what cannot be seen drawn given what was seen: the rest of a service that has lasted
so long, of a repair, of a time to failure. The exact engine runs the lines that it can express;
SimPy the others, and the result says so.
"""

from __future__ import annotations

from twin.forecasting.ahead.futures import Ahead
from twin.forecasting.ahead.running import engine_for, run_ahead

__all__ = ["Ahead", "engine_for", "run_ahead"]
