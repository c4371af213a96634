"""What is said of an alert: the line that the screen shows, in words for a voice.

The voice is given the shown line and nothing else, so it can never claim more than lamp and screen, and of a silent
alert, which has no line, there is nothing to say. A synthesiser gets it with its figures spelled; recorded clips are
looked up sentence by sentence. A name is recorded only where a site cares to (`petugas-bripka-sari`); else the clip
`petugas` stands for it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from kiosk.core.alarm_words import HOLD_WORDS, UNRECORDED_WORDS, WORDS, AlarmStage
from kiosk.core.climb import OFFER_110_WORDS
from kiosk.voice.utterance import DIGITS, cardinal

DRILL_CLIP, OFFICER_CLIP, JUST_NOW_CLIP, AT_CLIP, PAST_CLIP = "ini-latihan", "petugas", "baru-saja", "pukul", "lewat"
RECEIVED_CLIP = "diterima-oleh"
_EMERGENCY = ("satu", "satu", "nol")
SENTENCES: dict[str, tuple[str, ...]] = {
    WORDS[AlarmStage.SENDING]: ("mengirim",),
    WORDS[AlarmStage.WAITING]: ("terkirim-menunggu-petugas",),
    WORDS[AlarmStage.CANCELLING]: ("pembatalan-terkirim-menunggu-petugas",),
    WORDS[AlarmStage.DISPATCHED]: ("petugas-menuju-lokasi",),
    WORDS[AlarmStage.ARRIVED]: ("petugas-sudah-tiba",),
    WORDS[AlarmStage.CLOSED]: ("panggilan-selesai-ditangani",),
    WORDS[AlarmStage.UNANSWERED]: ("belum-ada-yang-menjawab-hubungi", *_EMERGENCY),
    OFFER_110_WORDS: ("belum-ada-yang-menjawab-anda-dapat-menelepon", *_EMERGENCY),
    UNRECORDED_WORDS: ("panggilan-belum-tercatat-hubungi", *_EMERGENCY),
}
_MARK = re.compile(r"([A-Z]+) — (.*)", re.DOTALL)  # one word in capitals before the line: LATIHAN, or PERAGAAN
_RECEIVED = re.compile(r"Diterima oleh (?P<officer>.*), (?:baru saja|pukul (?P<hour>\d\d)\.(?P<minute>\d\d))")
_TIME = re.compile(r"\b(\d\d)\.(\d\d)\b")


def spoken(line: str) -> str:
    """The sentence for a synthesiser; empty when there is nothing to say (a finger is answered by light)."""
    if not line or line == HOLD_WORDS:
        return ""
    if marked := _MARK.fullmatch(line):
        rest = spoken(marked[2])
        return f"Ini {marked[1].lower()}. {rest}" if rest else ""
    said = _TIME.sub(lambda time: " ".join(_time(time[1], time[2])), line)
    said = re.sub(r"\d+", lambda figures: " ".join(DIGITS[int(figure)] for figure in figures[0]), said)
    said = said.replace(" — ", ", ").replace("…", ".")
    return said if any(letter.islower() for letter in said.split(",")[0]) else said.capitalize()


def clips(line: str, installed: Collection[str]) -> tuple[str, ...]:
    """The recorded clips of the same sentence, in order; empty when there is nothing to say. Of the marks only that of
    a drill is recorded."""
    if marked := _MARK.fullmatch(line):
        rest = clips(marked[2], installed)
        return (DRILL_CLIP, *rest) if rest and marked[1] == "LATIHAN" else rest
    if line in SENTENCES:
        return SENTENCES[line]
    received = _RECEIVED.fullmatch(line)
    if received is None:
        return ()
    named = f"{OFFICER_CLIP}-{_slug(received['officer'])}"
    when = (AT_CLIP, *_time(received["hour"], received["minute"])) if received["hour"] else (JUST_NOW_CLIP,)
    return (RECEIVED_CLIP, named if named in installed else OFFICER_CLIP, *when)


def all_clips() -> frozenset[str]:
    """Every clip that a complete set has."""
    sentences = {clip for sentence in SENTENCES.values() for clip in sentence}
    numbers = {word for number in range(60) for word in cardinal(number)}
    return frozenset({*sentences, *numbers, DRILL_CLIP, RECEIVED_CLIP, OFFICER_CLIP, AT_CLIP, PAST_CLIP, JUST_NOW_CLIP})


def _time(hour: str, minute: str) -> tuple[str, ...]:
    """`14.05`: empat belas lewat lima; a full hour is that alone."""
    past = (PAST_CLIP, *cardinal(int(minute))) if int(minute) else ()
    return (*cardinal(int(hour)), *past)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
