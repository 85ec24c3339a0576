"""Capability of what is stored, against the specification of the control plan."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.monitoring.plan import ControlPlan
from twin.monitoring.points import subgroup_codes
from twin.monitoring.selection import readings_of, station_of
from twin.store import Store

if TYPE_CHECKING:
    from process_models.capability import CapabilityResult, CapabilitySixpack

__all__ = ["capability_stored", "sixpack_stored"]


def capability_stored(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    **options: Any,
) -> tuple[CapabilityResult, NDArray[np.float64], str]:
    """Capability of a stored characteristic against the plan's specification.

    Parameters
    ----------
    options
        Of `process_models.capability.capability`; they replace those of the plan.

    Returns
    -------
    tuple
        The result, the readings and their provenance.
    """
    from process_models.capability import capability

    values, given, provenance = _to_specify(store, plan, characteristic, station, since, until)
    return capability(values, **{**given, **options}), values, provenance


def sixpack_stored(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    **options: Any,
) -> tuple[CapabilitySixpack, NDArray[np.float64], str]:
    """The six panels of a capability study of a stored characteristic.

    Parameters and the rest of what is returned are those of `capability_stored`.
    """
    from process_models.capability import capability_sixpack

    values, given, provenance = _to_specify(store, plan, characteristic, station, since, until)
    return capability_sixpack(values, **{**given, **options}), values, provenance


def _to_specify(
    store: Store,
    plan: ControlPlan,
    characteristic: str,
    station: str | None,
    since: datetime | None,
    until: datetime | None,
) -> tuple[NDArray[np.float64], dict[str, Any], str]:
    """Readings, the plan's specification and subgroups for them, and their provenance."""
    place = station_of(store, plan, characteristic, station)
    planned = plan.find(characteristic, place)
    frame = readings_of(store, characteristic, place, since, until)
    given: dict[str, Any] = {}
    if planned is not None:
        given = {"lsl": planned.lsl, "usl": planned.usl, "target": planned.target}
        if planned.subgroup > 1:
            given["subgroup"] = subgroup_codes(frame)
    values = frame["value"].to_numpy(dtype=np.float64)
    return values, given, "+".join(sorted(frame["provenance"].unique()))
