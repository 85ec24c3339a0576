"""The kinds of sources: which settings only they have, and what makes one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from twin.live.sourcing.source import Source

if TYPE_CHECKING:
    from twin.live.sourcing.mapping import SourceConfig

__all__ = ["FACTORIES", "OPTIONS", "source_of"]

Types = type | tuple[type, ...]
_NUMBER = (int, float)

OPTIONS: Mapping[str, Mapping[str, Types]] = {
    "files": {
        "poll_s": _NUMBER, "stable_s": _NUMBER, "pattern": str, "mapping": str, "rows": str,
        "marker": bool,
    },
    "opcua": {
        "server_certificate_file": str, "server_fingerprint": str,
        "application_uri": str, "publishing_ms": _NUMBER, "sampling_ms": _NUMBER, "queue": int,
        "keepalive_s": _NUMBER, "transfer": bool, "history": bool,
    },
    "mqtt": {"client_id": str, "keepalive_s": int},
    "sparkplug": {"client_id": str, "keepalive_s": int, "group": str, "host_id": str},
    "sql": {
        "query": str, "poll_s": _NUMBER, "high_water": str, "start": (str, int, float),
        "overlap": _NUMBER, "time": str,
    },
}  # fmt: skip
"""Settings that only one kind has, with the types that they may be of."""

FACTORIES: Mapping[str, str] = {
    "files": "twin.live.folder:folder_source",
    "opcua": "twin.live.opcua.mapped:opcua_source",
    "mqtt": "twin.live.mqtt.json_source:mqtt_source",
    "sparkplug": "twin.live.mqtt.sparkplug_source:sparkplug_source",
    "sql": "twin.live.sql_query:sql_source",
}
"""`module:function` of each kind; the function takes a `SourceConfig` and gives a `Source`."""


def source_of(config: SourceConfig) -> Source:
    """The source that `config` describes; its protocol is imported only now.

    Raises
    ------
    InputError
        When a setting of its kind breaks a rule.
    """
    module, function = FACTORIES[config.kind].split(":")
    made: Source = getattr(import_module(module), function)(config)
    return made
