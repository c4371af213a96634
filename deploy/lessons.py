"""What the box shows and sounds, stage by stage, for whoever is being trained: the bridge's own indication, explained.

Lamp, siren and line of text come from the same pure function that drives a real box, for a sample alert of each stage;
only the sentences beside them are written here. A test keeps the two together: every stage that a box can show has one.
"""

from __future__ import annotations

from functools import cache

import msgspec

from firmware_bridge.indication import indicate
from kiosk.core.alarm_words import AlarmStage, Lamp
from kiosk.core.alert import Alert, AlertCode, AlertState, Evidence
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Moment

_NOW = Moment(wall_ms=1_795_365_600_000, synchronised=True, boot="lesson", mono_ms=120_000)
_PRESSED_MS = 20_000  # so many milliseconds ago
_STATES = {
    AlarmStage.SENDING: (AlertState.SENDING, Evidence.HANDED),
    AlarmStage.WAITING: (AlertState.RECEIVED, Evidence.RECEIVED),
    AlarmStage.UNANSWERED: (AlertState.UNANSWERED, Evidence.RECEIVED),
    AlarmStage.ANSWERED: (AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED),
    AlarmStage.DISPATCHED: (AlertState.DISPATCHED, Evidence.DISPATCHED),
    AlarmStage.ARRIVED: (AlertState.ARRIVED, Evidence.DISPATCHED),
    AlarmStage.CANCELLING: (AlertState.CANCEL_REQUESTED, Evidence.RECEIVED),
}
_LIGHTS = {
    Lamp.RED_FAST: "merah berkedip cepat",
    Lamp.AMBER_SLOW: "kuning menyala dan meredup pelan",
    Lamp.RED_AMBER: "merah dan kuning bergantian",
    Lamp.GREEN: "hijau menyala tetap",
}
_BUZZER = {
    Lamp.RED_FAST: "tiga bip pendek berulang",
    Lamp.AMBER_SLOW: "satu nada panjang, lalu jeda",
    Lamp.RED_AMBER: "dua nada tinggi-rendah tanpa jeda",
    Lamp.GREEN: "tiga nada naik satu kali, lalu diam",
}
_MEANS = {
    AlarmStage.SENDING: "Tercatat di kotak dan sedang dikirim. Belum ada yang tahu.",
    AlarmStage.WAITING: "Sudah sampai, tetapi belum ada orang yang menjawab.",
    AlarmStage.UNANSWERED: "100 detik berlalu tanpa jawaban: telepon 110, semua jalur dicoba lagi.",
    AlarmStage.ANSWERED: "Seorang petugas yang disebut namanya telah menjawab.",
    AlarmStage.DISPATCHED: "Petugas sudah berangkat.",
    AlarmStage.ARRIVED: "Petugas sudah di lokasi.",
    AlarmStage.CANCELLING: "Pembatalan ikut terkirim; posko tetap memeriksa dan menutupnya.",
}
STAGES = tuple(_STATES)


class Lesson(msgspec.Struct, frozen=True):
    """One stage: what lamp, siren and screen do, and how a person knows it by eye, by ear and in words."""

    stage: AlarmStage
    lamp: Lamp
    siren: bool
    message: str
    light: str
    sound: str
    means: str


@cache
def lesson(stage: AlarmStage) -> Lesson:
    """The lesson of one of `STAGES`."""
    state, evidence = _STATES[stage]
    alert = Alert(
        *("lesson", AlertCode.PANIC, "lesson", state, evidence, "", _NOW.wall_ms - _PRESSED_MS),
        *(_NOW.mono_ms - _PRESSED_MS, _NOW.boot),
        officer="Bripka Sari",
        answered_ms=_NOW.wall_ms,
    )
    shown = indicate([alert], _NOW, BridgeSettings(), input_lit=False, utc_offset_h=7)
    siren = "sirene dan kentongan; " if shown.siren else "sirene diam; "
    return Lesson(
        stage=stage,
        lamp=shown.lamp,
        siren=shown.siren,
        message=shown.message,
        light=_LIGHTS[shown.lamp],
        sound=siren + _BUZZER[shown.lamp],
        means=_MEANS[stage],
    )
