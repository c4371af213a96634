"""What the reply of a path proves of an alert, and nothing above it: the one place where replies become evidence.

The broker's PUBACK, the modem's `+CMGS` and a receiving centre's ACK show that a carrier took the message (E3). That it
lies where a person can read it (E4) is shown by the central's receipt after its commit or by a delivery report with
status 0x00. That a named human answered (E5) is shown by the post's signed answer or by an "OK" from a listed number
(`sms_answer`). Everything else, silence included, proves nothing: None.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.alert import EVIDENCE_OF, AlertAction, Evidence

RAW_LIMIT = 500  # characters kept on disk
RAW_TOLD_LIMIT = 160  # characters that travel: an event of the alarm lane is to stay below 1 KB


class Proof(msgspec.Struct, frozen=True):
    """One proven step. `raw` is the carrier's reply; `officer` who answered, where it is a human's."""

    action: AlertAction
    raw: str = ""
    officer: str | None = None

    @property
    def level(self) -> Evidence:
        return EVIDENCE_OF[self.action]


class Delivery(StrEnum):
    """What a delivery report says of a message (TS 23.040, 9.2.3.15)."""

    RECEIVED = "received"
    WAITING = "waiting"
    FAILED = "failed"


def delivery(status: int) -> Delivery:
    """0x00 is received and only that: 0x01 and 0x02 confirm nothing, 0x20–0x3F is still trying, 0x40–0x7F has failed.

    A reserved value (0x80 and above) confirms nothing either, and is waited for.
    """
    if status == 0x00:
        return Delivery.RECEIVED
    return Delivery.FAILED if 0x40 <= status <= 0x7F else Delivery.WAITING


def of_puback(accepted: bool, raw: str) -> Proof | None:
    """A PUBACK; one that refuses (reason code from 0x80) proves nothing."""
    return Proof(AlertAction.CARRY, raw) if accepted else None


def of_submission(raw: str) -> Proof:
    """The modem's `+CMGS: reference`: the operator's network took the message."""
    return Proof(AlertAction.CARRY, raw)


def of_delivery(status: int, raw: str) -> Proof | None:
    """The modem's `+CDS` with its status octet."""
    return Proof(AlertAction.RECEIVE, raw) if delivery(status) is Delivery.RECEIVED else None


def of_dc09(reply: str, raw: str) -> Proof | None:
    """The receiving centre's reply by its name. Its ACK says that a machine took it, not that anybody has seen it."""
    return Proof(AlertAction.CARRY, raw) if reply == "ACK" else None


def plain(raw: str, limit: int = RAW_LIMIT) -> str:
    """A reply as it may be kept: printable ASCII, all else spelled out (`\\x06`), cut at `limit` characters."""
    spelled = raw[: limit + 1].encode("unicode_escape").decode("ascii")
    return spelled[:limit]
