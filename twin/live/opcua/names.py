"""Names that the OPC UA server and its client share, and the quieting of asyncua's loggers."""

from __future__ import annotations

import logging

__all__ = [
    "ACKNOWLEDGE",
    "BATCH_FIELDS",
    "BATCH_TYPE",
    "LINE",
    "NAMESPACE",
    "RESEND",
    "SOURCE",
    "TRANSFER",
    "quieten",
]

NAMESPACE = "urn:lacss-twin:line"
LINE = "Line"
TRANSFER = "Transfer"
BATCH_TYPE = "RecordBatchEventType"
ACKNOWLEDGE = "Acknowledge"
RESEND = "Resend"
SOURCE = "Source"
BATCH_FIELDS = ("FirstSequence", "LastSequence", "Ended", "Records")


def quieten() -> None:
    """Let asyncua log only what somebody must act on; it writes an essay a second otherwise."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
