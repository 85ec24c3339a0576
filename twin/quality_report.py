"""`lacss quality report`: the model, what it rests on, and three ways to fit side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from process_models.quality import FitRecord
    from process_models.quality.comparison import MethodScore

__all__ = ["QualityReport", "quality_report"]

_NOTE = "log score: higher is better; CRPS in units of ln value: lower is better"


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What a fit says about itself.

    Attributes
    ----------
    record : FitRecord
        Of the stored model.
    methods : tuple of MethodScore
        Bayes, maximum likelihood and scikit-learn, each scored on rows left out of its fit.
    """

    record: FitRecord
    methods: tuple[MethodScore, ...]

    @property
    def remarks(self) -> list[str]:
        """What a reader must know, a line each."""
        faults = [f"NOT CONVERGED, {fault}" for fault in self.record.faults]
        unused = [
            f"{m.method} on {m.test}: not usable: {m.remark}" for m in self.methods if not m.rows
        ]
        return [*faults, *unused, _NOTE]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        record = self.record
        return {
            "evidence_rows": record.evidence_rows,
            "evidence_sha256": record.evidence_sha256,
            "converged": record.converged,
            "diagnostics": {
                "r_hat_max": record.r_hat_max,
                "ess_min": record.ess_min,
                "divergences": record.divergences,
            },
            "prior_share": dict(record.prior_share),
            "optimum": asdict(record.optimum) if record.optimum else None,
            "prior_optimum": asdict(record.prior_optimum) if record.prior_optimum else None,
            "methods": [
                {
                    "method": one.method, "test": one.test, "rows": len(one.rows),
                    "log_score": one.log_score, "crps": one.crps, "remark": one.remark,
                    "scores": [asdict(row) for row in one.rows],
                }
                for one in self.methods
            ],
            "remarks": self.remarks,
        }  # fmt: skip

    def tables(self) -> list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
        """Title, header and rows of each table, for a terminal or a page."""
        record = self.record
        facts: list[tuple[Any, ...]] = [
            ("evidence rows", record.evidence_rows),
            ("worst r-hat", record.r_hat_max),
            ("fewest effective draws", record.ess_min),
            ("divergences", record.divergences),
            *((f"prior share of {name}", share) for name, share in record.prior_share.items()),
        ]
        if record.optimum and record.prior_optimum:
            facts += [
                (f"{name} (prior {before:.2f})", now)
                for name, now, before in (
                    ("P(interior optimum)", record.optimum.p_interior,
                     record.prior_optimum.p_interior),
                    ("P(best in 30 to 50 s)", record.optimum.p_between_30_and_50_s,
                     record.prior_optimum.p_between_30_and_50_s),
                )
            ]  # fmt: skip
        scores: list[tuple[Any, ...]] = [
            (m.test, m.method, len(m.rows), m.log_score, m.crps) for m in self.methods
        ]
        each: list[tuple[Any, ...]] = [
            (row.id, row.sample, m.test, m.method, row.log_score, row.crps)
            for m in self.methods
            for row in m.rows
        ]
        return [
            ("Fit", ("what", "value"), facts),
            ("Left-out rows", ("test", "method", "rows", "log score", "CRPS"), scores),
            ("Row by row", ("row", "sample", "test", "method", "log score", "CRPS"), each),
        ]


def quality_report(home: Path, progress: Callable[[str], None] | None = None) -> QualityReport:
    """Compare the ways to fit on the evidence under `home`.

    Parameters
    ----------
    home : Path
        `Settings.home`; a model is fitted when none is stored or the stored one is stale.
    progress : callable, optional
        Told in one line when something takes long.
    """
    from process_models.quality.comparison import compare
    from twin.quality_artifact import evidence_of, load_or_fit

    model = load_or_fit(home, progress=progress)
    rows: Sequence[Any] = evidence_of(home).rows
    if progress is not None:
        progress("quality report: fitting once without each row (about a minute)")
    return QualityReport(model.record, tuple(compare(rows)))
