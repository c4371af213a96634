"""The beat of the kentongan as a time line of strokes.

A pattern is written as villages write it: `0` a stroke, `.` a short rest, `=` a longer rest. No source gives
milliseconds; these are the suggested ones, to be settings of the kelurahan's own codes. A press whose kind nobody
knows sounds *titir*: rapid and unbroken, the one beat that every profile agrees on. A code that is beaten again and
again needs a pause that is longer than any rest inside it, or its end and its beginning would be heard as one group.
Pure: who strikes is elsewhere, and which code belongs to an alert is `beats`.
"""

from __future__ import annotations

import msgspec

from kiosk.core.errors import BadInput


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds. `recoil_ms` is the least pause that lets the striker leave the wood between two strokes."""

    stroke_ms: int = 120
    recoil_ms: int = 60
    short_rest_ms: int = 180
    long_rest_ms: int = 700


class Rhythm(msgspec.Struct, frozen=True):
    """Strokes as (starts at, lasts) in milliseconds within a period that repeats until it is told to stop."""

    name: str
    strokes: tuple[tuple[int, int], ...]
    period_ms: int

    def strikes_at(self, elapsed_ms: int) -> bool:
        """Whether the striker is down this long after the beat began."""
        phase_ms = elapsed_ms % self.period_ms
        return any(start_ms <= phase_ms < start_ms + lasts_ms for start_ms, lasts_ms in self.strokes)


def rhythm(name: str, pattern: str, timing: Timing = Timing(), pause_ms: int = 0) -> Rhythm:
    """The time line of `pattern`, with `pause_ms` of silence before it begins again.

    Raises BadInput for one without a stroke or with a foreign sign.
    """
    strokes: list[tuple[int, int]] = []
    at_ms = 0
    for sign in pattern:
        if sign == "0":
            strokes.append((at_ms, timing.stroke_ms))
            at_ms += timing.stroke_ms + timing.recoil_ms
        elif sign == ".":
            at_ms += timing.short_rest_ms
        elif sign == "=":
            at_ms += timing.long_rest_ms
        else:
            raise BadInput(f"kode kentongan {pattern!r}: tanda {sign!r} tidak dikenal, pakai 0, . dan =")
    if not strokes:
        raise BadInput(f"kode kentongan {pattern!r} tidak memuat satu pukulan pun")
    return Rhythm(name, tuple(strokes), at_ms + pause_ms)


TITIR = rhythm("titir", "0")
