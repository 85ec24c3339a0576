"""The diagnosis of one alert: what is stored around it, compared with every cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from process_models.errors import InputError
from process_models.physics import ProcessSettings
from twin.diagnosis.baseline import Baseline, baseline
from twin.diagnosis.evidence import evidence_of
from twin.diagnosis.holding import onset_of, rolls_of, touched_lots
from twin.diagnosis.hypotheses import NONE, Hypothesis, hypotheses
from twin.diagnosis.incident import View, incident_of, lots_around, view_of
from twin.diagnosis.ranking import Comparison, compare
from twin.diagnosis.result import Diagnosis, RankedCause
from twin.monitoring.findings import NO_DATA
from twin.state import PATH
from twin.store import schema
from twin.store.times import from_us

if TYPE_CHECKING:
    import pandas as pd

    from twin.monitoring.plan import ControlPlan
    from twin.store import Store

__all__ = ["Diagnostician"]


class Diagnostician:
    """Diagnoses alerts of one store; Phase I and the physics are worked out once.

    Parameters
    ----------
    store : Store
    plan : ControlPlan
        Its catalogue of causes.
    settings : ProcessSettings, optional
        Recipe that is made; default that of the reference.
    path : sequence of str
        Stations in the order of the visit.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from twin.monitoring.plan import reference_plan
    >>> from twin.settings import Settings
    >>> from twin.store import Store
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with Store.open(Settings(folder, f"sqlite:///{folder / 'lacss.db'}")) as store:
    ...     Diagnostician(store, reference_plan()).diagnose(1)
    Traceback (most recent call last):
    ...
    process_models.errors.InputError: there is no alert 1: `lacss alerts list` shows all
    """

    def __init__(
        self,
        store: Store,
        plan: ControlPlan,
        settings: ProcessSettings | None = None,
        *,
        path: Sequence[str] = PATH,
    ) -> None:
        self._store = store
        self._plan = plan
        self._settings = settings or ProcessSettings()
        self._path = tuple(path)
        self._base: Baseline | None = None
        self._candidates: tuple[Hypothesis, ...] = ()
        self._frozen: object = None

    def diagnose(self, alert_id: int, *, evidence: bool = True) -> Diagnosis:
        """Rank the causes behind an alert.

        Parameters
        ----------
        evidence : bool
            Whether to tell what each characteristic says, which takes longer.

        Raises
        ------
        InputError
            When there is no such alert, it is about missing data, or its characteristic has no
            completed Phase I.
        """
        alert = self._alert(alert_id)
        base = self._baseline()
        key = (alert["characteristic"], alert["station"])
        own = None if base is None else base.place(key)
        if base is None or own is None:
            raise InputError(
                f"alert {alert_id}: {key[0]} at {key[1]} has no completed Phase I within the line, "
                "so there is nothing to compare with"
            )
        incident = incident_of(self._store, alert)
        view = view_of(lots_around(self._store, base, incident, self._path), base, incident)
        if view is None:
            raise InputError(f"alert {alert_id}: no readings of {key[0]} are stored around it")
        splits = _splits(self._store, view)
        rolls_s = rolls_of(view, splits)
        found = compare(view, self._candidates, own, rolls_s)
        return self._told(alert, view, found, own, splits, rolls_s, evidence)

    def _told(
        self,
        alert: Mapping[Any, Any],
        view: View,
        found: Comparison,
        own: int,
        splits: pd.DataFrame,
        rolls_s: np.ndarray[tuple[int], np.dtype[np.float64]],
        evidence: bool,
    ) -> Diagnosis:
        chances = dict.fromkeys((*self._plan.cause_names(), NONE), 0.0) | found.probabilities()
        ranked = sorted(chances.items(), key=lambda pair: (-pair[1], pair[0]))
        cause = ranked[0][0]
        best = found.best(cause)
        told = evidence_of(view, found, own, cause, rolls_s) if evidence else ()
        lots = touched_lots(best, view, splits)
        action = "hold" if best.hypothesis.product else "measure again"
        return Diagnosis(
            alert_id=int(alert["alert_id"]),
            ranking=tuple(RankedCause(name, round(p, 4)) for name, p in ranked),
            evidence=told,
            onset=onset_of(best),
            lots=lots,
            action=action if lots else "none",
            lots_judged=len(view.judged.lot_ids),
            known_to=from_us(int(view.full_s * 1e6)),
            provenance=alert["provenance"],
        )

    def _alert(self, alert_id: int) -> Mapping[Any, Any]:
        query = sa.select(schema.alerts).where(schema.alerts.c.alert_id == alert_id)
        with self._store.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise InputError(f"there is no alert {alert_id}: `lacss alerts list` shows all")
        if row["rule"] == NO_DATA:
            raise InputError(f"alert {alert_id} is about data that did not come: no diagnosis")
        return row

    def _baseline(self) -> Baseline | None:
        """Phase I as it is frozen now; worked out anew when limits changed."""
        with self._store.database.reading() as connection:
            frozen = connection.execute(sa.select(sa.func.max(schema.limits.c.limits_id))).scalar()
        if frozen != self._frozen:
            self._base = baseline(self._store, self._plan, self._path)
            self._frozen = frozen
            self._candidates = (
                () if self._base is None else hypotheses(self._plan, self._base, self._settings)
            )
        return self._base


def _splits(store: Store, view: View) -> pd.DataFrame:
    """What was cut from what, among the lots of a view."""
    frame = store.events(
        since=from_us(int((view.table.at_s.min() - 86400.0) * 1e6)),
        until=from_us(int((view.full_s + 86400.0) * 1e6)),
    )
    splits = frame[(frame["event"] == "split") & (frame["parent_lot_id"] != "")]
    return splits[["lot_id", "parent_lot_id"]].drop_duplicates("lot_id")
