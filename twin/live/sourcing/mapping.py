"""What a source's channels mean: one row for each, and the source that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from process_models.errors import InputError
from twin.live.sourcing.template import ChannelPattern, names_in

__all__ = ["Carries", "Kind", "LotFrom", "MapRow", "SourceConfig"]

Kind = Literal["files", "opcua", "mqtt", "sparkplug", "sql"]
Carries = Literal["value", "lot", "event"]
LotFrom = Literal["given", "channel", "events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """What one channel, or one part of its payload, means.

    Texts may hold `{name}`, replaced by what the channel's pattern or the payload's fields say.

    Attributes
    ----------
    channel : ChannelPattern
        Node id, topic, metric or column.
    value, time, sequence : str
        Paths into a JSON payload; empty: the whole payload, the time of arrival, none.
    carries : {"value", "lot", "event"}
        A reading; the lot that is at `station` from now on; something that happened there.
    unit : str
        Of the value as it comes (after `scale` and `offset`, where given).
    lot : str
        The lot, fixed or by fields; empty with `lot_from`.
    lot_from : {"given", "channel", "events"}
        Where the lot is found: in `lot`, in the channel that carries the lot of this station, or
        in the events of this station.
    lot_missing : str
        Lot under which a reading is kept while no lot is at the station; empty: it is refused.
    fields : mapping of str to str
        Name to path of further parts of the payload.

    Raises
    ------
    InputError
        When what is needed is missing, or two settings contradict each other.
    """

    channel: ChannelPattern
    value: str = ""
    time: str = ""
    sequence: str = ""
    status: str = ""
    carries: Carries = "value"
    characteristic: str = ""
    station: str = ""
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    lot: str = ""
    lot_from: LotFrom = "given"
    lot_missing: str = ""
    parent_lot: str = ""
    event: str = ""
    recipe: str = ""
    position: str = ""
    subgroup: str = ""
    gauge: str = ""
    operator: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, allowed in (("carries", get_args(Carries)), ("lot_from", get_args(LotFrom))):
            if getattr(self, name) not in allowed:
                given = getattr(self, name)
                raise InputError(f"{name} must be one of {', '.join(allowed)}, got {given!r}")
        if not self.station:
            raise InputError("station is missing")
        if self.carries == "value":
            self._check_value()
        if self.scale == 0.0:
            raise InputError("scale must not be 0, got 0")

    def _check_value(self) -> None:
        if not self.characteristic:
            raise InputError("characteristic is missing")
        if bool(self.lot) == (self.lot_from != "given"):
            raise InputError(
                f"one of lot and lot_from is needed, got lot {self.lot!r} and "
                f"lot_from {self.lot_from!r}"
            )
        if (self.scale, self.offset) != (1.0, 0.0) and not self.unit:
            raise InputError("unit is missing, scale and offset lead to it")

    @property
    def needs(self) -> frozenset[str]:
        """Names that its texts ask for."""
        texts = (
            self.characteristic, self.station, self.unit, self.lot, self.parent_lot, self.event,
            self.recipe, self.position, self.subgroup, self.gauge, self.operator,
        )  # fmt: skip
        return frozenset(name for text in texts for name in names_in(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """One `[[source]]`: where it is, how it is reached, what its channels mean.

    Attributes
    ----------
    name : str
        Stands in the `source` of every record that comes from it.
    address : str
        URL, or a folder; never with a password in it.
    password_file, ca_file, certificate_file, key_file : Path or None
        Credentials, always by file.
    insecure : bool
        Allows an unencrypted connection to another machine.
    future_after_s : float
        A source time so far ahead of the clock here is flagged: quality `uncertain`.
    settle_s : float
        How long a reading waits for the lot at its station to be known, at most.
    timezone : str
        Of times without an offset; empty refuses them.
    time_unit : {"", "s", "ms", "us", "ns"}
        Of times that are numbers since 1970; empty refuses them.
    status : mapping of str to str
        The source's words to good, uncertain or bad.
    options : mapping
        What only this kind has.
    """

    name: str
    kind: Kind
    address: str
    maps: tuple[MapRow, ...] = ()
    username: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    insecure: bool = False
    future_after_s: float = 60.0
    settle_s: float = 5.0
    timezone: str = ""
    time_unit: str = ""
    status: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("name", "address"):
            if not getattr(self, name).strip():
                raise InputError(f"{name} must not be empty, got {getattr(self, name)!r}")
        if self.kind not in get_args(Kind):
            raise InputError(f"kind must be one of {', '.join(get_args(Kind))}, got {self.kind!r}")
        if self.time_unit not in ("", "s", "ms", "us", "ns"):
            raise InputError(f"time_unit must be one of s, ms, us, ns, got {self.time_unit!r}")
        for word, quality in self.status.items():
            if quality not in ("good", "uncertain", "bad"):
                raise InputError(
                    f"status {word} must be one of good, uncertain, bad, got {quality!r}"
                )
        for name in ("future_after_s", "settle_s"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise InputError(f"{name} must be at least 0, got {getattr(self, name)}")

    def password(self) -> str | None:
        """What the password file holds, its last line end apart; None without one.

        Raises
        ------
        InputError
            When it cannot be read.
        """
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"source {self.name}: password_file {self.password_file} cannot be read"
            ) from error
