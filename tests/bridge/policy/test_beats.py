"""Kentongan codes as strokes in time: the striker can follow, the ear can tell them apart, and aman never sounds."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.beats import beat_of, codes_in_force, read_codes, rhythm_of
from firmware_bridge.frames import FRAME_LIMIT_BYTES, HostShow, encode
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import TITIR, Rhythm, Timing, rhythm
from kiosk.catalogue.codes import KentonganCode, Timings
from kiosk.catalogue.loader import load_codes
from kiosk.core.alarm_words import Lamp
from kiosk.core.alert import AlertCode
from kiosk.core.beat_settings import BeatSettings
from kiosk.core.clock import Moment
from kiosk.core.document import Document, DocumentHead, digest_of
from kiosk.core.errors import BadToml, NotFound

CODES = load_codes()
EVERY = [(profile.id, code) for profile in CODES.profiles for code in profile.codes]
OWN = """\
version = 2
dated = 2026-11-22
[timings]
stroke_ms = 100
short_rest_ms = 200
long_rest_ms = 600
source = { title = "Rapat RW 03 Kelurahan Pulo", date = "2026-10", certainty = "high" }
[[profiles]]
id = "pulo"
name = { id = "Kode RW 03", en = "Codes of RW 03" }
source = { title = "Rapat RW 03 Kelurahan Pulo", date = "2026-10", certainty = "high" }
[[profiles.codes]]
event = "any-danger"
name = { id = "Titir", en = "Titir" }
spoken = { id = "Ada bahaya.", en = "There is danger." }
strokes = "0"
repeat = "unbroken"
agreement = "medium"
[[profiles.codes]]
event = "theft"
name = { id = "Maling", en = "Thief" }
spoken = { id = "Ada maling.", en = "There is a thief." }
strokes = "00=00"
repeat = "once"
agreement = "high"
"""


def gaps(found: Rhythm) -> list[int]:
    """The silences between strokes, the one before the repetition last."""
    strokes = [*found.strokes, (found.strokes[0][0] + found.period_ms, 0)]
    return [after - (start + lasts) for (start, lasts), (after, _) in pairwise(strokes)]


def heard(found: Rhythm, timings: Timings) -> str:
    """What somebody writes down who hears one round: the nearest sign for each silence."""
    signs = {Timing().recoil_ms: "", timings.short_rest_ms: ".", timings.long_rest_ms: "="}
    return "0" + "".join(signs[min(signs, key=lambda ms: abs(ms - gap))] + "0" for gap in gaps(found)[:-1])


patterns = st.from_regex(r"\A0[0.=]{0,39}\Z")
timings_ = st.builds(
    Timing, stroke_ms=st.integers(10, 500), recoil_ms=st.integers(10, 200),
    short_rest_ms=st.integers(10, 1_000), long_rest_ms=st.integers(10, 10_000),
)  # fmt: skip


@given(patterns, timings_, st.integers(0, 20_000))
def test_the_recoil_is_respected_and_the_period_is_the_sum_of_its_parts(
    pattern: str, timing: Timing, pause_ms: int
) -> None:
    found = rhythm("x", pattern, timing, pause_ms)

    assert len(found.strokes) == pattern.count("0")
    assert {lasts for _, lasts in found.strokes} == {timing.stroke_ms}
    assert min(gaps(found)) >= timing.recoil_ms
    beats = pattern.count("0") * (timing.stroke_ms + timing.recoil_ms)
    rests = pattern.count(".") * timing.short_rest_ms + pattern.count("=") * timing.long_rest_ms
    assert found.period_ms == beats + rests + pause_ms


@given(patterns, timings_, st.integers(0, 5))
def test_the_striker_is_down_for_exactly_the_strokes_of_each_period(pattern: str, timing: Timing, round_: int) -> None:
    found = rhythm("x", pattern, timing)
    for start_ms, lasts_ms in found.strokes:
        down_ms = start_ms + round_ * found.period_ms
        assert found.strikes_at(down_ms)
        assert found.strikes_at(down_ms + lasts_ms - 1)
        assert not found.strikes_at(down_ms + lasts_ms)


@pytest.mark.parametrize(("profile", "code"), EVERY, ids=lambda value: getattr(value, "event", value))
def test_every_packaged_code_is_heard_as_it_is_written(profile: str, code: KentonganCode) -> None:
    found = rhythm_of(code, CODES.timings)

    assert heard(found, CODES.timings) == code.strokes
    assert min(gaps(found)) >= Timing().recoil_ms
    if code.repeat == "once":  # its end and its beginning are not heard as one group
        assert gaps(found)[-1] > 1.5 * max(gaps(found)[:-1], default=0)


@pytest.mark.parametrize("profile", CODES.profiles, ids=lambda profile: profile.id)
def test_within_a_list_no_two_events_sound_alike_but_those_that_are_written_alike(profile: object) -> None:
    codes = [code for id_, code in EVERY if id_ == getattr(profile, "id", "")]
    sounds = {(rhythm_of(code, CODES.timings).strokes, rhythm_of(code, CODES.timings).period_ms) for code in codes}
    assert len(sounds) == len({(code.strokes, code.repeat) for code in codes})


@pytest.mark.parametrize("profile", ["java", "police"])
@pytest.mark.parametrize("code", [AlertCode.PANIC, AlertCode.MEDICAL, AlertCode.CRIME, AlertCode.SILENT])
def test_a_press_that_names_no_event_sounds_titir(profile: str, code: AlertCode) -> None:
    assert beat_of(code, CODES, BeatSettings(profile)) == TITIR


def test_a_fire_sounds_three_strokes_in_both_lists() -> None:
    assert [len(beat_of(AlertCode.FIRE, CODES, BeatSettings(id_)).strokes) for id_ in ("java", "police")] == [9, 6]


def test_a_site_may_name_the_event_of_a_kind_of_press() -> None:
    found = beat_of(AlertCode.CRIME, CODES, BeatSettings("police", {AlertCode.CRIME: "theft"}))
    assert (found.name, len(found.strokes)) == ("theft", 4)


@pytest.mark.parametrize("profile", ["java", "police"])
@pytest.mark.parametrize("code", AlertCode)
def test_aman_is_never_sounded_for_an_alert(profile: str, code: AlertCode) -> None:
    assert beat_of(code, CODES, BeatSettings(profile, {code: "safe"})) == TITIR


def test_a_code_that_only_a_person_may_sound_is_never_chosen() -> None:
    java = CODES.profile("java")
    barred = tuple(msgspec.structs.replace(code, automatic=code.event != "fire") for code in java.codes)
    codes = msgspec.structs.replace(CODES, profiles=(msgspec.structs.replace(java, codes=barred),))
    assert beat_of(AlertCode.FIRE, codes) == TITIR


def test_an_unknown_list_is_not_found() -> None:
    with pytest.raises(NotFound, match="java, police"):
        beat_of(AlertCode.FIRE, CODES, BeatSettings("bali"))


def test_a_kelurahan_brings_its_own_codes_and_its_own_speed_as_a_document() -> None:
    body = OWN.encode()
    head = DocumentHead("kentongan-codes", 2, digest_of(body), len(body), 0)
    found = codes_in_force([Document(head, Moment(0, False, "b", 0), body)])

    theft = beat_of(AlertCode.CRIME, found.value, BeatSettings("pulo", {AlertCode.CRIME: "theft"}))
    assert theft.strokes == ((0, 100), (160, 100), (920, 100), (1_080, 100))
    assert theft.period_ms == 1_240 + 1_200


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('strokes = "00=00"', 'strokes = "00-00"', r"profiles\.0\.codes\.1\.strokes"),
        ('event = "any-danger"', 'event = "fire"', "any-danger"),
        ("stroke_ms = 100", "stroke_ms = 0", "stroke_ms"),
        ('event = "theft"', 'event = "safe"', "aman tidak boleh dibunyikan otomatis"),
    ],
)
def test_bad_codes_are_refused_in_words_and_the_packaged_ones_stay(old: str, new: str, why: str) -> None:
    body = OWN.replace(old, new).encode()
    with pytest.raises(BadToml, match=why):
        read_codes(body)
    head = DocumentHead("kentongan-codes", 2, digest_of(body), len(body), 0)
    found = codes_in_force([Document(head, Moment(0, False, "b", 0), body)])
    assert (found.value, found.source, len(found.faults)) == (CODES, "bawaan", 1)


@pytest.mark.parametrize(("profile", "code"), EVERY, ids=lambda value: getattr(value, "event", value))
def test_every_packaged_beat_fits_a_frame_to_the_box(profile: str, code: KentonganCode) -> None:
    command = Command(Lamp.RED_FAST, 5_000, True, 180_000, "x" * 160, rhythm_of(code, CODES.timings))
    assert len(encode(HostShow(2**31, command))) <= FRAME_LIMIT_BYTES
