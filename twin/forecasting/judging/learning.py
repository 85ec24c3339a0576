"""What past forecasts teach the next ones about their own quantiles.

Only what was judged counts, and only what was known when the next forecast is made. Few forecasts
teach little: the map stays near the identity until there are dozens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from process_models.scoring import Recalibration, learn_recalibration
from twin.forecasting.judging.outcomes import Judged

__all__ = ["FEWEST", "learned_recalibrations"]

FEWEST = 8


def learned_recalibrations(
    judged: Sequence[Judged], before: datetime
) -> Mapping[str, Recalibration]:
    """By quantity, from forecasts made before; those with fewer than eight forecasts are left out.

    Parameters
    ----------
    before : datetime
        Forecasts made later, and periods that end later, teach nothing.
    """
    found = {}
    for name in dict.fromkeys(one.told.quantity for one in judged):
        own = [
            one
            for one in judged
            if one.told.quantity == name
            and (one.told.until or one.told.made_at) < before
            and len(one.told.quantiles) > 1
        ]
        times = {one.told.made_at for one in own}
        if len(times) >= FEWEST:
            found[name] = learn_recalibration([one.pit for one in own], forecasts=len(times))
    return found
