"""Takes in the file of a cycler: what is not in the file is asked for; it is labelled and kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboards import state
from dashboards.access import current_user, drawn
from dashboards.formatting import plain
from process_models.cells import TESTS
from process_models.errors import InputError
from twin.cells.labelling import label_files
from twin.cells.mapping import column_mapping
from twin.recipe import reference_recipes

__all__ = ["CellForm", "import_cells", "take_in"]

_NO_RECIPE = "not known"
_KINDS = ["nda", "ndax", "csv", "parquet", "txt"]


@dataclass(frozen=True, slots=True)
class CellForm:
    """What a person says of a file."""

    test: str
    area_cm2: float
    step_ma_cm2: float
    sample: str
    laboratory: str
    recipe: str
    mapping: str


def take_in(name: str, content: bytes, form: CellForm, user: str) -> int:
    """Label and keep an uploaded file; its number.

    Raises
    ------
    InputError
        When it cannot be read, or the form breaks a rule.
    """
    with tempfile.TemporaryDirectory(prefix="lacss-cell-") as folder:
        path = Path(folder) / (Path(name).name or "cell.csv")
        path.write_bytes(content)
        try:
            [found] = label_files(
                [path], area_cm2=form.area_cm2, test=form.test, step_ma_cm2=form.step_ma_cm2,
                mapping=column_mapping(form.mapping or None),
            )  # fmt: skip
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error
        test = state.cell_desk().take_in(
            found, sample=form.sample, laboratory=form.laboratory,
            recipe=reference_recipes().get(form.recipe), step_ma_cm2=form.step_ma_cm2, user=user,
        )  # fmt: skip
    return test.number


def import_cells() -> None:
    """The form; the test that was taken in is then looked at."""
    upload = st.file_uploader(
        "Neware .nda or .ndax, BDF, CSV (test_time_s, current_ma, voltage_v, cycle) or Parquet",
        type=_KINDS,
    )
    with st.form("cell-import"):
        left, middle, right = st.columns(3)
        form = CellForm(
            test=str(left.selectbox("Test", TESTS)),
            area_cm2=float(left.number_input("Electrode area, cm²", 0.0, value=1.0, format="%.4f")),
            step_ma_cm2=float(left.number_input("CCD step, mA/cm²", 0.0, value=0.1)),
            sample=middle.text_input("Sample"),
            laboratory=middle.text_input("Laboratory"),
            recipe=str(right.selectbox("Made by", [_NO_RECIPE, *reference_recipes()])),
            mapping=right.text_input(
                "Columns", placeholder="current_ma=I, voltage_v=U",
                help="Only where a table has other names: ours=theirs",
            ),
        )  # fmt: skip
        asked = st.form_submit_button(
            "Take in", type="primary", icon=":material/upload:", **drawn("cell.take_in")
        )
    if not asked:
        return
    if upload is None:
        st.warning("Choose a file first.", icon=":material/upload_file:")
        return
    with st.spinner(f"Reading {plain(upload.name)}"):
        number = take_in(upload.name, upload.getvalue(), form, current_user().name)
    st.query_params["cell"] = str(number)
    st.rerun()
