"""The steps of an alert as the console lists them: when, by which way, what it showed, who, and the carrier's words.

Pure. A way or an act that is newer than this release is shown as it came.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.core.alert import Evidence
from sync.central.store import AlertStep
from sync.central.web import words

_ACTS = {
    "receive": "Sampai di pusat",
    "cancel": "Dibatalkan di tempat",
    "acknowledge": "Diterima",
    "dispatch": "Unit dikirim",
    "arrive": "Unit tiba",
    "close": "Ditutup",
    "answer-shown": "Jawaban tampil di tempat",
}
_LEVELS = {
    Evidence.PRESSED: "Dicoba",
    Evidence.COMMITTED: "Tersimpan di kiosk",
    Evidence.HANDED: "Diserahkan ke jalur",
    Evidence.CARRIED: "Dibawa jaringan",
    Evidence.RECEIVED: "Sampai di penerima",
    Evidence.ACKNOWLEDGED: "Dijawab orang",
    Evidence.DISPATCHED: "Unit berangkat",
    Evidence.CLOSED: "Ditutup",
}
_PATHS = {
    "mqtt": "jalur utama",
    "dc09": "pusat alarm (DC-09)",
    "bridge": "kotak tombol",
    "screen": "layar kiosk",
    "posko": "posko",
}
_ROUNDS = {"again": "ulang", "cancel": "pembatalan"}


class ShownStep(msgspec.Struct, frozen=True):
    """One line: `what` happened at `at` by `way`; `raw` is the carrier's reply, masked; `person` who answered.

    `after` is how long after the press, by the box's monotonic clock: true also where nobody had set its clock.
    """

    at: str
    after: str
    what: str
    way: str
    person: str
    raw: str
    level: int


def shown_steps(steps: Iterable[AlertStep], utc_offset_h: int) -> tuple[ShownStep, ...]:
    """In the order in which the post learned of them."""
    return tuple(
        ShownStep(
            at=words.clock_time(step.at_ms, utc_offset_h),
            after=_after(step),
            what=_what(step),
            way=way(step.path),
            person=step.person,
            raw=step.raw,
            level=step.level,
        )
        for step in steps
    )


def way(path: str) -> str:
    """`sms/piket-1` is `SMS piket-1`, `again/dc09` is `pusat alarm (DC-09), ulang`."""
    round_, _, rest = path.partition("/")
    if round_ in _ROUNDS and rest:
        return f"{way(rest)}, {_ROUNDS[round_]}"
    if round_ == "sms" and rest:
        return f"SMS {rest[:40]}"
    return _PATHS.get(path, path[:40])


def is_by_sms(path: str | None) -> bool:
    return path is not None and "sms" in path.split("/")[:2]


def _after(step: AlertStep) -> str:
    after_ms = step.detail.get("after_ms")
    return f"+{after_ms / 1000:.1f} dtk".replace(".", ",") if isinstance(after_ms, int) else ""


def _what(step: AlertStep) -> str:
    if step.action != "evidence":
        return _ACTS.get(step.action, step.action)
    if step.state == "unanswered" and "level" not in step.detail:
        return "Belum ada yang menjawab"
    return _LEVELS.get(Evidence(step.level), "") if step.level in set(Evidence) else step.state
