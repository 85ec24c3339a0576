"""What the gauges would have read of a simulated run, as a table of measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from process_models.physics import ProcessParameters, ProcessSettings
from twin.event_table import events
from twin.line_time import line_time
from twin.measuring.causes import CauseSchedule
from twin.measuring.measuring import LineMeasuring
from twin.measuring.readings import Reading
from twin.measuring.upkeep import conditions_of, maintained

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import LineModel
    from twin.records import LineRecords

__all__ = ["measurements"]

_TEXTS = (
    "lot_id", "station", "characteristic", "unit", "subgroup", "gauge", "censoring",
)  # fmt: skip


def measurements(
    records: LineRecords, line: LineModel, settings: ProcessSettings | None = None, *, seed: int
) -> pd.DataFrame:
    """Readings made up to the end of the run, in order of time, nothing special going wrong.

    The constants of the process are the medians of what is believed of them; how much stations
    and gauges vary is told by the line.

    Parameters
    ----------
    settings : ProcessSettings, optional
        Of the recipe that is made; default that of the paper, and where the line has a mix of
        recipes each lot's own.
    seed : int
        Of all common causes and gauges.

    Returns
    -------
    DataFrame
        Columns of an import of measurements, provenance simulated.
    """
    mix = line.mix.recipes if line.mix is not None else ()
    measuring = LineMeasuring(
        settings or ProcessSettings(), ProcessParameters(), CauseSchedule(), seed=seed,
        process=line.process, maintained=maintained(line),
        recipes={recipe.name: recipe.settings for recipe in mix},
    )  # fmt: skip
    happened = events(records, until_s=records.end_s)
    readings = measuring.measure(happened, records.end_s, conditions_of(records, line))
    return _table(readings)


def _table(readings: list[Reading]) -> pd.DataFrame:
    import pandas as pd

    times = pd.to_datetime([line_time(one.time_s) for one in readings], utc=True)
    columns = {name: pd.Series([getattr(one, name) for one in readings], dtype="str")
               for name in _TEXTS}  # fmt: skip
    return pd.DataFrame(
        {
            "measured_at": times,
            **columns,
            "value": pd.Series([one.value for one in readings], dtype="float64"),
            "position": pd.Series([one.position for one in readings], dtype="int64"),
            "sequence": range(1, len(readings) + 1),
            "source": pd.Series(["simulation"] * len(readings), dtype="str"),
            "provenance": pd.Series(["simulated"] * len(readings), dtype="str"),
        }
    )
