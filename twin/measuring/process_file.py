"""Reads the tables `[process]` and `[[gauge]]` of a line file."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from process_models.errors import InputError
from twin.checked_table import CheckedTable
from twin.measuring.gauge import GAUGES, Gauge
from twin.measuring.process_variation import ProcessVariation

__all__ = ["read_process"]

_APART = ("gauges", "sheet_crown_um")


def read_process(root: CheckedTable) -> ProcessVariation:
    """What the stations of a line do to the lot; the reference line's where a key is left out.

    Raises
    ------
    InputError
        With file, table, key, rule and value.
    """
    given: dict[str, Any] = {"gauges": _gauges(root)}
    if not root.has("process"):
        return ProcessVariation(**given)
    table = root.table("process")
    for one in fields(ProcessVariation):
        if one.name in _APART or not table.has(one.name):
            continue
        whole = isinstance(one.default, int)
        given[one.name] = table.integer(one.name) if whole else table.number(one.name)
    if table.has("sheet_crown_um"):
        given["sheet_crown_um"] = _crown(table)
    table.finish()
    try:
        return ProcessVariation(**given)
    except InputError as error:
        raise InputError(f"{table.where}: {error}") from error


def _crown(table: CheckedTable) -> tuple[float, ...]:
    crown = table.data["sheet_crown_um"]
    if not isinstance(crown, list) or not all(type(one) in (int, float) for one in crown):
        raise table.error("sheet_crown_um", "must be a list of numbers", crown)
    return tuple(map(float, crown))


def _gauges(root: CheckedTable) -> dict[str, Gauge]:
    found: dict[str, Gauge] = {}
    for table in root.tables("gauge"):
        characteristic = table.word("characteristic", GAUGES)
        if characteristic in found:
            raise table.error("characteristic", "must have one [[gauge]] only", characteristic)
        found[characteristic] = _gauge(table, GAUGES[characteristic])
    return found


def _gauge(table: CheckedTable, usual: Gauge) -> Gauge:
    """A gauge; what is left out is as usual."""
    numbers = {
        key: table.number(key)
        for key in ("noise", "bias_sd", "resolution")
        if table.has(key)
    }  # fmt: skip
    bias = table.number("bias", low=-1e300) if table.has("bias") else None
    name = table.text("name", usual.name)
    table.finish()
    return replace(usual, name=name, bias=bias, **numbers)
