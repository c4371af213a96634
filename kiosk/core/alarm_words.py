"""What may be shown of an alert: one table for the lamp on the button, the screen and the voice.

The lamp and the screen read the same row, so they can never disagree; and the row follows from proven evidence alone,
so a person in danger is never told more than is known. **Only evidence E5, a named human's answer, gives green.** The
lamps differ by rhythm as well as by colour. Pure; who draws or blinks it is elsewhere.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.alert import CODE_WORDS, Alert, AlertState, Evidence
from kiosk.core.clock import local_time


class Lamp(StrEnum):
    """A lamp's colour and rhythm. `RED_STEADY` is the button answering the finger (E0): nothing is claimed yet."""

    OFF = "off"
    RED_STEADY = "red-steady"
    RED_FAST = "red-fast"
    AMBER_SLOW = "amber-slow"
    GREEN = "green-steady"
    RED_AMBER = "red-amber"


class AlarmStage(StrEnum):
    """How far an alert has come as a person sees it, most urgent first."""

    UNANSWERED = "unanswered"
    SENDING = "sending"
    WAITING = "waiting"
    CANCELLING = "cancelling"
    ANSWERED = "answered"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    CLOSED = "closed"


URGENCY = tuple(AlarmStage)

_LAMP = {
    AlarmStage.UNANSWERED: Lamp.RED_AMBER,
    AlarmStage.SENDING: Lamp.RED_FAST,
    AlarmStage.WAITING: Lamp.AMBER_SLOW,
    AlarmStage.CANCELLING: Lamp.AMBER_SLOW,
    AlarmStage.ANSWERED: Lamp.GREEN,
    AlarmStage.DISPATCHED: Lamp.GREEN,
    AlarmStage.ARRIVED: Lamp.GREEN,
    AlarmStage.CLOSED: Lamp.OFF,
}

WORDS = {
    AlarmStage.UNANSWERED: "BELUM ADA YANG MENJAWAB — hubungi 110",
    AlarmStage.SENDING: "Mengirim…",
    AlarmStage.WAITING: "Terkirim, menunggu petugas",
    AlarmStage.CANCELLING: "Pembatalan terkirim bersama panggilan, menunggu petugas",
    AlarmStage.ANSWERED: "Diterima oleh {officer}, {time}",
    AlarmStage.DISPATCHED: "Petugas menuju lokasi",
    AlarmStage.ARRIVED: "Petugas sudah tiba",
    AlarmStage.CLOSED: "Panggilan selesai ditangani",
}

HOLD_WORDS = "Tahan terus…"
UNRECORDED_WORDS = "Panggilan belum tercatat, penyimpanan terganggu — hubungi 110"


class AlarmShown(msgspec.Struct, frozen=True):
    """One alert as shown: `words` is the line of the table, `detail` what was pressed, when, and who answered."""

    stage: AlarmStage
    lamp: Lamp
    words: str
    detail: str


def stage_of(alert: Alert) -> AlarmStage:
    """The stage that an alert's state and evidence prove."""
    by_state = {
        AlertState.CLOSED: AlarmStage.CLOSED,
        AlertState.ARRIVED: AlarmStage.ARRIVED,
        AlertState.DISPATCHED: AlarmStage.DISPATCHED,
        AlertState.UNANSWERED: AlarmStage.UNANSWERED,
    }
    if alert.state in by_state:
        return by_state[alert.state]
    if alert.evidence >= Evidence.DISPATCHED:
        return AlarmStage.DISPATCHED
    if alert.evidence >= Evidence.ACKNOWLEDGED:
        return AlarmStage.ANSWERED
    if alert.evidence < Evidence.CARRIED:
        return AlarmStage.SENDING
    return AlarmStage.CANCELLING if alert.state is AlertState.CANCEL_REQUESTED else AlarmStage.WAITING


def shown(alert: Alert, now_ms: int, utc_offset_h: int) -> AlarmShown:
    """What lamp and screen show of `alert` at wall time `now_ms`; times of day are the site's."""
    stage = stage_of(alert)
    words = WORDS[stage].format(officer=_officer(alert), time=_time(alert.answered_ms, utc_offset_h))
    if alert.drill:
        words = f"LATIHAN — {words}"
    return AlarmShown(stage, _LAMP[stage], words, _detail(alert, stage, now_ms, utc_offset_h))


def _officer(alert: Alert) -> str:
    return alert.officer or "petugas"


def _time(wall_ms: int | None, utc_offset_h: int) -> str:
    return f"pukul {local_time(wall_ms, utc_offset_h):%H.%M}" if wall_ms is not None else "baru saja"


def _detail(alert: Alert, stage: AlarmStage, now_ms: int, utc_offset_h: int) -> str:
    pressed = f"{CODE_WORDS[alert.code]}, ditekan pukul {local_time(alert.raised_ms, utc_offset_h):%H.%M.%S}"
    if alert.presses > 1:
        pressed += f" ({alert.presses} kali)"
    if stage in (AlarmStage.DISPATCHED, AlarmStage.ARRIVED):
        return f"{pressed}; dijawab {_officer(alert)}, {_time(alert.answered_ms, utc_offset_h)}"
    waited_s = max(0, now_ms - alert.raised_ms) // 1000
    if stage is AlarmStage.UNANSWERED:
        return f"{pressed}; sudah {waited_s // 60} menit {waited_s % 60} detik tanpa jawaban"
    return pressed
