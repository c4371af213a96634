"""A ladder as a site writes it, and alerts to climb it."""

from __future__ import annotations

from kiosk.core.alert import Alert, AlertCode, AlertState, Evidence
from kiosk.core.clock import Moment
from kiosk.core.ladder_document import read_ladder

EXAMPLE = """\
version = 3
dated = 2026-11-22

[[contacts]]
id = "piket-1"
name = "Piket Polsek Cilandak"
role = "duty"
number = "+6281210001000"
acknowledges = true

[[contacts]]
id = "piket-2"
name = "Piket Kelurahan Pulo"
role = "duty"
number = "0812-1000-2000"
acknowledges = true

[[contacts]]
id = "petugas-2"
name = "Bripka Andi"
role = "second-officer"
number = "+62 812 1000 3000"
acknowledges = true

[[contacts]]
id = "rt-01"
name = "Ketua RT 01"
role = "neighbourhood"
number = "+6281210004000"

[[contacts]]
id = "lurah"
name = "Lurah Pulo"
role = "head"
number = "+6281210005000"
acknowledges = true

[[rungs]]
after_s = 0
do = ["mqtt", "siren", "beat"]

[[rungs]]
after_s = 5
unless = "received"
do = ["dc09"]
sms = ["duty"]

[[rungs]]
after_s = 30
sms = ["second-officer", "neighbourhood"]

[[rungs]]
after_s = 60
do = ["offer-110"]
sms = ["head"]

[[rungs]]
after_s = 100
do = ["unanswered"]

[tests]
daily_at = 09:30:00
weekly_on = "saturday"
weekly_at = 10:00:00
"""

LADDER = read_ladder(EXAMPLE.encode())


def an_alert(code: AlertCode = AlertCode.PANIC, drill: bool = False, nonce: str = "8899aabbccddeeff") -> Alert:
    alert_id = "019aa8f1-666f-7000-8000-0000003f2a9c"
    return Alert(
        *(alert_id, code, "panic", AlertState.RAISED, Evidence.COMMITTED, nonce, 0, 10_000, "boot-1"), drill=drill
    )


def at(mono_ms: int, boot: str = "boot-1", wall_ms: int = 0) -> Moment:
    return Moment(wall_ms, synchronised=False, boot=boot, mono_ms=mono_ms)
