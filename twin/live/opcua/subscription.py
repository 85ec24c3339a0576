"""One subscription to many variables: nothing dropped unseen, and silence noticed.

Values queue at the server until they are published; a full queue drops its oldest and marks the
next one. Every message has a number: a hole is asked for again, and reported where the server no
longer has it. An idle server sends keep-alives; one that sends nothing at all counts as gone.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import Client, ua
from asyncua.ua.uaerrors import UaStructParsingError

from process_models.errors import InputError
from twin.live.opcua.decoding import FastData, publish_response
from twin.live.opcua.session import LOST
from twin.live.opcua.values import Change, change_of

__all__ = ["Lost", "Monitoring", "Notice", "Subscription"]

_WRAP = 2**32
_AT_ONCE = 1000
_LIFETIME_S = 600.0
_MOST_REPUBLISHED = 500
_MOST_BEHIND = timedelta(seconds=30)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """How a server is asked to watch variables.

    Attributes
    ----------
    publishing_ms : float
        How often it may send.
    sampling_ms : float
        How often it looks; 0 is as fast as it can.
    queue : int
        Values of one variable that it keeps until it sends; the oldest are dropped first.
    keepalive_s : float
        A server with nothing to say says so this often; after three times as long it is gone.

    Raises
    ------
    InputError
        When a value is outside its range.
    """

    publishing_ms: float = 200.0
    sampling_ms: float = 0.0
    queue: int = 2000
    keepalive_s: float = 5.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.publishing_ms <= 60_000.0:
            raise InputError(f"publishing_ms must lie in 1 to 60000, got {self.publishing_ms}")
        if not 0.0 <= self.sampling_ms <= 60_000.0:
            raise InputError(f"sampling_ms must lie in 0 to 60000, got {self.sampling_ms}")
        if not 1000 <= self.queue <= 1_000_000:
            raise InputError(f"queue must lie in 1000 to 1000000, got {self.queue}")
        if not 0.1 <= self.keepalive_s <= 300.0:
            raise InputError(f"keepalive_s must lie in 0.1 to 300, got {self.keepalive_s}")


@dataclass(frozen=True, slots=True)
class Lost:
    """Messages of the subscription that came neither at once nor on asking."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What one message brought: values by channel in the order of the server, and what is lost."""

    values: list[tuple[str, Change]]
    lost: Lost | None = None
    heard_at: datetime | None = None


class Subscription:
    """A subscription on one connection.

    Parameters
    ----------
    client : asyncua.Client
        Connected.
    monitoring : Monitoring
        How it watches.
    take : callable
        Awaited with each `Notice`; the server is asked for more once it returns, so a slow taker
        fills the queues of the server and not the memory here.
    """

    def __init__(
        self, client: Client, monitoring: Monitoring, take: Callable[[Notice], Awaitable[None]]
    ) -> None:
        self._session = client.uaclient.session
        self._monitoring = monitoring
        self._take = take
        self._channels: dict[int, str] = {}
        self._unheard: set[int] = set()
        self._expected = 1
        self._id = 0
        self._busy = False
        self._gone = ""
        self._heard_s = time.monotonic()
        self.heard = _now()
        self._offset = timedelta.max
        self._behind = timedelta()

    async def start(self) -> None:
        """Create it on the server."""
        asked = self._monitoring
        params = ua.CreateSubscriptionParameters()
        params.RequestedPublishingInterval = asked.publishing_ms
        keep = max(1, round(asked.keepalive_s * 1000.0 / asked.publishing_ms))
        params.RequestedMaxKeepAliveCount = keep
        lifetime = round(_LIFETIME_S * 1000.0 / asked.publishing_ms)
        params.RequestedLifetimeCount = max(3 * keep, lifetime)
        params.PublishingEnabled = True
        # asyncua reads responses value by value in a score of objects; see `decoding`.
        self._session.publish = self._asked
        made = await self._session.create_subscription(params, self._on_publish)
        self._id = made.SubscriptionId
        silence_s = made.RevisedPublishingInterval * made.RevisedMaxKeepAliveCount / 1000.0
        self._silence_s = 3.0 * max(silence_s, asked.keepalive_s)
        self._heard_s = time.monotonic()

    async def _asked(
        self, acknowledged: list[ua.SubscriptionAcknowledgement]
    ) -> ua.PublishResponse:
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = acknowledged
        data = await self._session._send_request(request, timeout=0)
        try:
            return publish_response(data)
        except (struct.error, IndexError, ValueError, TypeError, ua.UaError) as error:
            self._gone = f"a message cannot be read: {error}"
            raise UaStructParsingError from error

    async def add(self, nodes: Mapping[str, ua.NodeId]) -> dict[str, str]:
        """Watch `nodes`, by channel; channel -> what the server says of those that it refuses."""
        refused: dict[str, str] = {}
        pairs = list(nodes.items())
        for place in range(0, len(pairs), _AT_ONCE):
            refused |= await self._create(pairs[place : place + _AT_ONCE], filtered=True)
        return refused

    async def _create(
        self, pairs: list[tuple[str, ua.NodeId]], *, filtered: bool
    ) -> dict[str, str]:
        params = ua.CreateMonitoredItemsParameters()
        params.SubscriptionId = self._id
        params.TimestampsToReturn = ua.TimestampsToReturn.Both
        handles = range(len(self._channels) + 1, len(self._channels) + 1 + len(pairs))
        params.ItemsToCreate = [
            self._request(node, handle, filtered=filtered)
            for (_, node), handle in zip(pairs, handles, strict=True)
        ]
        # Before the answer: the first values may overtake it.
        self._unheard.update(handles)
        self._channels.update(zip(handles, (channel for channel, _ in pairs), strict=True))
        results = await self._session.create_monitored_items(params)
        refused: dict[str, str] = {}
        again = []
        for pair, result in zip(pairs, results, strict=True):
            code = result.StatusCode
            if filtered and code.value == ua.StatusCodes.BadMonitoredItemFilterUnsupported:
                again.append(pair)
            elif not code.is_good():
                refused[pair[0]] = str(code.name)
        return refused | (await self._create(again, filtered=False) if again else {})

    def _request(
        self, node: ua.NodeId, handle: int, *, filtered: bool
    ) -> ua.MonitoredItemCreateRequest:
        params = ua.MonitoringParameters()
        params.ClientHandle = handle
        params.SamplingInterval = self._monitoring.sampling_ms
        params.QueueSize = self._monitoring.queue
        params.DiscardOldest = True
        if filtered:  # a gauge that shows the same twice has read twice
            params.Filter = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
        request = ua.MonitoredItemCreateRequest()
        request.ItemToMonitor.NodeId = node
        request.ItemToMonitor.AttributeId = ua.AttributeIds.Value
        request.MonitoringMode = ua.MonitoringMode.Reporting
        request.RequestedParameters = params
        return request

    async def _on_publish(self, result: ua.PublishResult) -> None:
        self._busy = True
        try:
            heard = self._sent_at(result.NotificationMessage)
            await self._publish(result.NotificationMessage, heard)
            self.heard = heard
        except LOST as error:
            self._gone = f"message lost and not to be had again: {error}"
        finally:
            self._busy = False
            self._heard_s = time.monotonic()

    def _sent_at(self, message: ua.NotificationMessage) -> datetime:
        """Until when all values have come, by the clock here.

        A message may have been long under way, and its newest value old when it was sent: the
        fastest message so far tells how the clocks differ, the newest value how far it is behind.
        """
        received = _now()
        sent: datetime | None = message.PublishTime
        if sent is None:
            return received
        sent = sent if sent.tzinfo is not None else sent.replace(tzinfo=UTC)
        self._offset = min(self._offset, received - sent)
        data = message.NotificationData or []
        if data and isinstance(data[-1], FastData) and data[-1].changes:
            newest = data[-1].changes[-1][1].source_time
            if newest is not None:
                self._behind = min(max(sent - newest, timedelta()), _MOST_BEHIND)
        return sent + self._offset - self._behind

    async def _publish(self, message: ua.NotificationMessage, heard: datetime) -> None:
        data = message.NotificationData or []
        for one in data:
            if isinstance(one, ua.StatusChangeNotification):
                self._gone = f"subscription ended: {one.Status.name}"
                return
        number = int(message.SequenceNumber)
        hole = (number - self._expected) % _WRAP
        if 0 < hole < _WRAP // 2:
            await self._ask_again(hole)
            self._expected = number
        if data:
            self._expected = number % (_WRAP - 1) + 1  # numbers begin again at 1, not at 0
            await self._take(Notice(self._values(data), heard_at=heard))

    async def _ask_again(self, hole: int) -> None:
        """Ask for the `hole` messages before the one at hand; tell what the server has lost."""
        first = self._expected
        for number in range(first, first + min(hole, _MOST_REPUBLISHED)):
            try:
                message = await self._session.republish(self._id, number)
            except ua.UaStatusCodeError:
                message = None
            if message is None or not message.NotificationData:
                await self._take(Notice([], Lost(number, first + hole - 1)))
                return
            await self._take(Notice(self._values(message.NotificationData)))

    def _values(self, data: list[Any]) -> list[tuple[str, Change]]:
        channels = self._channels
        values = []
        for one in data:
            if isinstance(one, ua.DataChangeNotification):  # a message that was asked for again
                items = one.MonitoredItems
                changes = [(item.ClientHandle, change_of(item.Value)) for item in items]
            else:
                changes = one.changes if isinstance(one, FastData) else []
            if self._unheard:
                changes = [(handle, self._first(handle, made)) for handle, made in changes]
            values += [(channels[handle], made) for handle, made in changes if handle in channels]
        return values

    def _first(self, handle: int, made: Change) -> Change:
        """The first value of an item is the one that the server had: nobody read it just now."""
        if handle not in self._unheard:
            return made
        self._unheard.discard(handle)
        return made._replace(restated=True) if made.source_time is None else made

    def check(self) -> None:
        """Raise when the server is gone or says nothing.

        Raises
        ------
        ConnectionError
            With what happened.
        """
        if self._gone:
            raise ConnectionError(self._gone)
        silent_s = time.monotonic() - self._heard_s
        if not self._busy and silent_s > self._silence_s:
            raise ConnectionError(f"no sign of life for {silent_s:.1f} s")
