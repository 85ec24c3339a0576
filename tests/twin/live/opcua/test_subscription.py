"""What a subscription makes of messages, by hand: no server, only what it would send."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import ua

from process_models.errors import InputError
from twin.live.opcua.decoding import FastData
from twin.live.opcua.subscription import Lost, Monitoring, Notice, Subscription
from twin.live.opcua.values import Change

WRAP = 2**32


@dataclass
class Session:
    """A server that keeps some messages, and refuses some nodes or all filters."""

    kept: dict[int, float] = field(default_factory=dict)
    refuses: dict[str, int] = field(default_factory=dict)
    filters: bool = True
    asked: list[int] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)

    async def create_subscription(self, params: Any, callback: Any) -> Any:
        self.params, self.callback = params, callback
        return SimpleNamespace(
            SubscriptionId=9,
            RevisedPublishingInterval=params.RequestedPublishingInterval,
            RevisedMaxKeepAliveCount=params.RequestedMaxKeepAliveCount,
        )

    async def create_monitored_items(self, params: Any) -> list[Any]:
        self.requests += params.ItemsToCreate
        return [self._answer(item) for item in params.ItemsToCreate]

    def _answer(self, item: Any) -> Any:
        code = self.refuses.get(str(item.ItemToMonitor.NodeId.Identifier), 0)
        if isinstance(item.RequestedParameters.Filter, ua.DataChangeFilter) and not self.filters:
            code = ua.StatusCodes.BadMonitoredItemFilterUnsupported
        return SimpleNamespace(StatusCode=ua.StatusCode(code))

    async def republish(self, _: int, number: int) -> Any:
        self.asked.append(number)
        if number not in self.kept:
            raise ua.UaStatusCodeError(ua.StatusCodes.BadMessageNotAvailable)
        value = ua.DataValue(ua.Variant(self.kept[number], ua.VariantType.Double))
        item = ua.MonitoredItemNotification(ClientHandle=1, Value=value)
        return ua.NotificationMessage(
            SequenceNumber=number,
            NotificationData=[ua.DataChangeNotification(MonitoredItems=[item])],
        )


def message(number: int, *values: float, more: tuple[Any, ...] = ()) -> Any:
    data = [FastData([(1, Change(value, 0, None, None)) for value in values])] if values else []
    return SimpleNamespace(
        NotificationMessage=ua.NotificationMessage(
            SequenceNumber=number, NotificationData=[*data, *more]
        )
    )


def heard(session: Session, *messages: Any, first: int = 1) -> list[Any]:
    """What was taken of `messages`: values, or what is lost."""
    taken: list[Any] = []

    async def take(notice: Notice) -> None:
        taken.extend(change.value for _, change in notice.values)
        if notice.lost is not None:
            taken.append(notice.lost)

    async def play() -> None:
        made = Subscription(client_of(session), Monitoring(), take)
        await made.start()
        await made.add({"x": ua.NodeId("x", 2)})
        made._expected = first
        for one in messages:
            await session.callback(one)
        made.check()

    asyncio.run(play())
    return taken


def client_of(session: Session) -> Any:
    return SimpleNamespace(uaclient=SimpleNamespace(session=session))


def test_messages_in_order_are_taken_and_nothing_is_asked() -> None:
    session = Session()
    assert heard(session, message(1, 1.0, 1.5), message(2, 2.0), message(3)) == [1.0, 1.5, 2.0]
    assert session.asked == []


def test_what_the_server_had_is_told_again_and_no_reading_unless_it_has_a_time() -> None:
    def first(time: datetime | None) -> list[bool]:
        session, taken = Session(), []

        async def take(notice: Notice) -> None:
            taken.extend(change.restated for _, change in notice.values)

        async def play() -> None:
            made = Subscription(client_of(session), Monitoring(), take)
            await made.start()
            await made.add({"x": ua.NodeId("x", 2)})
            for number in (1, 2):
                data = FastData([(1, Change(60.0, 0, time, None))])
                notification = ua.NotificationMessage(
                    SequenceNumber=number, NotificationData=[data]
                )
                await session.callback(SimpleNamespace(NotificationMessage=notification))

        asyncio.run(play())
        return taken

    assert first(None) == [True, False]
    assert first(datetime(2026, 1, 5, tzinfo=UTC)) == [False, False]


def test_a_hole_is_asked_for_and_comes_in_its_place() -> None:
    session = Session(kept={2: 2.0, 3: 3.0})
    assert heard(session, message(1, 1.0), message(4, 4.0)) == [1.0, 2.0, 3.0, 4.0]
    assert session.asked == [2, 3]


def test_what_the_server_no_longer_has_is_lost_by_number() -> None:
    session = Session(kept={2: 2.0})
    taken = heard(session, message(1, 1.0), message(5, 5.0))
    assert taken == [1.0, 2.0, Lost(3, 4), 5.0]


def test_a_keep_alive_bears_the_next_number_and_shows_a_hole_too() -> None:
    session = Session(kept={2: 2.0})
    messages = message(1, 1.0), message(2), message(3), message(3, 3.0)
    assert heard(session, *messages) == [1.0, 2.0, 3.0]
    assert session.asked == [2]


def test_numbers_begin_again_at_one() -> None:
    session = Session()
    last = WRAP - 1
    assert heard(session, message(last, 1.0), message(1, 2.0), first=last) == [1.0, 2.0]
    assert session.asked == []


def test_an_ended_subscription_is_a_lost_connection() -> None:
    ended = ua.StatusChangeNotification(Status=ua.StatusCode(ua.StatusCodes.BadTimeout))
    with pytest.raises(ConnectionError, match="subscription ended: BadTimeout"):
        heard(Session(), message(1, 1.0), message(0, more=(ended,)))


def test_until_when_all_is_heard_allows_for_delay_and_for_clocks_that_differ() -> None:
    """The server's clock is an hour ahead; the second message was 2 s under way, and its newest
    value 0.5 s old when it was sent; the third says that nothing came since.
    """
    now = datetime(2026, 1, 5, tzinfo=UTC)
    ahead = timedelta(hours=1)

    def second(n: float) -> datetime:
        return now + timedelta(seconds=n)

    def sent(at: datetime, value_at: datetime | None) -> Any:
        data = [] if value_at is None else [FastData([(1, Change(1.0, 0, value_at, None))])]
        return ua.NotificationMessage(
            SequenceNumber=1, PublishTime=at + ahead, NotificationData=data
        )

    made = Subscription(client_of(Session()), Monitoring(), lambda _: asyncio.sleep(0))
    found = []
    for received, message in (
        (second(0), sent(second(0), None)), (second(7), sent(second(5), second(4.5) + ahead)),
        (second(9), sent(second(9), None)),
    ):  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("twin.live.opcua.subscription._now", lambda at=received: at)
            found.append(made._sent_at(message))
    assert found == [second(0), second(4.5), second(8.5)]
    assert made._sent_at(ua.NotificationMessage(PublishTime=None)) > now


def test_silence_is_a_lost_connection_but_a_slow_taker_is_none() -> None:
    async def play() -> None:
        session = Session()
        free = asyncio.Event()

        async def slow(_: Notice) -> None:
            await free.wait()

        made = Subscription(client_of(session), Monitoring(keepalive_s=0.1), slow)
        await made.start()
        taking = asyncio.create_task(session.callback(message(1, 1.0)))
        await asyncio.sleep(0)
        made._heard_s -= 60.0
        made.check()
        free.set()
        await taking
        made.check()
        made._heard_s -= 60.0
        with pytest.raises(ConnectionError, match="no sign of life for 60"):
            made.check()

    asyncio.run(play())


def added(session: Session, *names: str) -> dict[str, str]:
    async def play() -> dict[str, str]:
        made = Subscription(client_of(session), Monitoring(queue=1500), lambda _: asyncio.sleep(0))
        await made.start()
        return await made.add({name: ua.NodeId(name, 2) for name in names})

    return asyncio.run(play())


def test_items_are_asked_for_with_a_queue_that_drops_its_oldest() -> None:
    session = Session()
    assert added(session, "x", "y") == {}
    for place, request in enumerate(session.requests, 1):
        params = request.RequestedParameters
        assert (params.ClientHandle, params.QueueSize, params.DiscardOldest) == (place, 1500, True)
        assert params.Filter.Trigger == ua.DataChangeTrigger.StatusValueTimestamp


def test_refused_nodes_are_named() -> None:
    session = Session(refuses={"y": ua.StatusCodes.BadNodeIdUnknown})
    assert added(session, "x", "y") == {"y": "BadNodeIdUnknown"}


def test_a_server_without_filters_is_asked_without() -> None:
    session = Session(filters=False, refuses={"y": ua.StatusCodes.BadNotReadable})
    assert added(session, "x", "y") == {"y": "BadNotReadable"}
    filters = [isinstance(r.RequestedParameters.Filter, ua.DataChangeFilter)
               for r in session.requests]  # fmt: skip
    assert filters == [True, True, False, False]


def test_many_items_are_asked_for_in_parts() -> None:
    session = Session()
    assert added(session, *(f"x{n}" for n in range(2500))) == {}
    handles = [r.RequestedParameters.ClientHandle for r in session.requests]
    assert handles == list(range(1, 2501))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"queue": 999}, "queue must lie in 1000"), ({"publishing_ms": 0.0}, "publishing_ms must"),
        ({"sampling_ms": -1.0}, "sampling_ms must"), ({"keepalive_s": 0.0}, "keepalive_s must"),
        ({"publishing_ms": float("nan")}, "publishing_ms must"),
    ],
)  # fmt: skip
def test_settings_outside_their_range_are_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Monitoring(**more)
