"""Mends two habits of asyncua's server: a full queue is marked, and values are not copied.

The standard wants the bit Overflow on the value that follows what was dropped, or else nobody can
know; asyncua drops silently. It also copies every value deeply for every reader, which costs more
than all the rest; the values of this server are never changed once written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asyncua import ua
from asyncua.server import monitored_item_service, subscription_service
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.server.monitored_item_service import MonitoredItemValues

__all__ = ["OVERFLOW", "mend"]

OVERFLOW = 0x0480
"""InfoType "DataValue" with the bit "Overflow" (OPC 10000-4, 7.39)."""


class _MarkingSubscription(InternalSubscription):  # type: ignore[misc]
    async def _enqueue_event(
        self, mid: int, eventdata: Any, size: int, queue: dict[int, list[Any]]
    ) -> None:
        held = queue.get(mid)
        if held is None:
            queue[mid] = [eventdata]
            await self._trigger_publish()
            return
        held.append(eventdata)
        if size and len(held) > size:
            del held[0]
            if isinstance(held[0], ua.MonitoredItemNotification):
                held[0] = _marked(held[0])


class _SharedValues(MonitoredItemValues):  # type: ignore[misc]
    def set_current_datavalue(self, cur_val: ua.DataValue) -> None:
        self.old_dvalue, self.current_dvalue = self.get_current_datavalue(), cur_val


def mend() -> None:
    """Mend every server of this process; twice is the same as once."""
    # asyncua offers no seam for either: its services name the classes in their modules.
    subscription_service.InternalSubscription = _MarkingSubscription
    monitored_item_service.MonitoredItemValues = _SharedValues


def _marked(notice: ua.MonitoredItemNotification) -> ua.MonitoredItemNotification:
    value = notice.Value
    code = 0 if value.StatusCode is None else value.StatusCode.value
    if code & OVERFLOW == OVERFLOW:
        return notice
    return ua.MonitoredItemNotification(
        ClientHandle=notice.ClientHandle,
        Value=replace(value, StatusCode=ua.StatusCode(code | OVERFLOW)),
    )
