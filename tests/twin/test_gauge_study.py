"""Columns of a table become a study; what does not fit is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from process_models.errors import InputError
from process_models.gauge import AgreementStudy, GaugeStudy, bias, crossed
from twin.gauge_study import STUDIES
from twin.tables import Table

USUAL: dict[str, Any] = {
    "part": "part", "operator": "who", "value": "y", "design": "crossed", "factors": "",
    "tolerance": None, "interaction": "auto", "interaction_alpha": 0.05, "study_multiplier": 6.0,
    "confidence": 0.95, "reference": None, "tolerance_percent": 20.0, "resolution": None,
    "process_variation": None, "time": None, "rules": "beyond_limits", "standard": None,
}  # fmt: skip
TABLE = Table(
    Path("study.csv"),
    {
        "part": list("11221122"), "who": list("aaaabbbb"), "day": list("12121212"),
        "y": ["1", "2", "5", "5", "2", "2", "6", "5"], "true": ["1"] * 4 + ["2"] * 4,
        "five": ["5"] * 8, "said": list("xyxyxyxy"),
    },
    8,
)  # fmt: skip


def study(name: str, **given: Any) -> Any:
    return STUDIES[name](TABLE, {**USUAL, **given})


def test_crossed_is_that_of_the_process_models() -> None:
    found = study("rr")
    assert isinstance(found, GaugeStudy)
    expected = crossed([1, 2, 5, 5, 2, 2, 6, 5], list("11221122"), list("aaaabbbb"))
    assert found.to_dict() == expected.to_dict()


@pytest.mark.parametrize(("name", "value"), [
    ("tolerance", 8.0), ("interaction", "keep"), ("interaction_alpha", 0.25),
    ("study_multiplier", 5.15), ("confidence", 0.9),
])  # fmt: skip
def test_options_reach_the_study(name: str, value: Any) -> None:
    assert getattr(study("rr", **{name: value}).options, name) == value


def test_factors_are_columns() -> None:
    found = study("rr", design="expanded", factors=" day ", interaction="drop")
    assert "day" in found.anova
    with pytest.raises(InputError, match="no column 'night'"):
        study("rr", design="expanded", factors="night")


@pytest.mark.parametrize("reference", ["5", "five", "5.0"])
def test_reference_is_a_number_or_a_column(reference: str) -> None:
    expected = bias([1, 2, 5, 5, 2, 2, 6, 5], 5.0)
    assert study("bias", reference=reference) == expected


def test_a_column_named_like_a_number_is_the_column() -> None:
    table = Table(Path("t.csv"), {"5": ["7", "7"], "y": ["6", "7"]}, 2)
    assert STUDIES["bias"](table, {**USUAL, "reference": "5"}).to_dict()["reference"] == 7


def test_several_references_are_for_linearity() -> None:
    with pytest.raises(InputError, match=r"column 'true': .* got 2 different ones"):
        study("bias", reference="true")
    assert study("linearity", reference="true").n == 8


def test_a_reference_that_is_neither_names_the_columns() -> None:
    with pytest.raises(InputError, match=r"a column \(part, who, .*\), got 'six'"):
        study("type1", reference="six", tolerance=1.0)


def test_an_empty_table_has_no_reference() -> None:
    empty = Table(Path("t.csv"), {"y": [], "true": []}, 0)
    with pytest.raises(InputError, match="got none"):
        STUDIES["bias"](empty, {**USUAL, "reference": "true"})


def test_stability_without_time_takes_each_row_as_an_occasion() -> None:
    assert study("stability").occasions == tuple(map(str, range(1, 9)))
    assert study("stability", time="part").occasions == ("1", "2")
    assert study("stability", reference="5").bias.reference == 5


def test_judgements_may_be_any_text() -> None:
    found = study("attribute", value="said")
    assert isinstance(found, AgreementStudy)
    assert found.categories == ("x", "y")
    assert study("attribute", value="said", standard="part").categories == ("1", "2", "x", "y")


def test_values_are_those_of_the_table() -> None:
    assert np.mean([float(cell) for cell in TABLE.cells("y")]) == study("bias", reference="0").mean
