"""What is said is the line that the screen shows: each stage, drills as drills, figures spelled, nothing silent."""

from __future__ import annotations

import msgspec
import pytest

from deploy.lessons import STAGES, lesson
from firmware_bridge.indication import indicate
from firmware_bridge.voice.utterance import all_clips, clips, spoken
from kiosk.core.alarm_words import HOLD_WORDS, UNRECORDED_WORDS, AlarmStage
from kiosk.core.alert import AlertCode, AlertState
from kiosk.core.climb import OFFER_110_WORDS
from tests.bridge.test_indication import SETTINGS, alert, later

SHOWN = [lesson(stage).message for stage in STAGES]


def test_the_four_stages_are_said_as_they_are_shown() -> None:
    assert spoken("Mengirim…") == "Mengirim."
    assert spoken("Terkirim, menunggu petugas") == "Terkirim, menunggu petugas"
    assert spoken("Diterima oleh Bripka Sari, pukul 14.05") == (
        "Diterima oleh Bripka Sari, pukul empat belas lewat lima"
    )
    assert spoken("BELUM ADA YANG MENJAWAB — hubungi 110") == "Belum ada yang menjawab, hubungi satu satu nol"


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("00.00", "nol"),
        ("09.30", "sembilan lewat tiga puluh"),
        ("20.00", "dua puluh"),
        ("23.59", "dua puluh tiga lewat lima puluh sembilan"),
    ],
)
def test_a_time_of_day_is_said_in_words(time: str, said: str) -> None:
    assert spoken(f"Diterima oleh Sari, pukul {time}").endswith(f"pukul {said}")
    assert clips(f"Diterima oleh Sari, pukul {time}", ())[3:] == tuple(said.split())


@pytest.mark.parametrize("line", [*SHOWN, OFFER_110_WORDS, UNRECORDED_WORDS])
def test_every_line_that_a_box_shows_has_its_words_and_its_clips_and_no_figure(line: str) -> None:
    said = spoken(line)

    assert said
    assert not any(letter.isdigit() for letter in said)
    assert set(clips(line, ())) <= all_clips()
    assert clips(line, ())


def test_no_two_lines_sound_alike() -> None:
    lines = [*SHOWN, OFFER_110_WORDS, UNRECORDED_WORDS]

    assert len({spoken(line) for line in lines}) == len({clips(line, ()) for line in lines}) == len(lines)


@pytest.mark.parametrize("line", SHOWN)
def test_a_drill_says_first_that_it_is_one(line: str) -> None:
    assert spoken(f"LATIHAN — {line}") == f"Ini latihan. {spoken(line)}"
    assert clips(f"LATIHAN — {line}", ()) == ("ini-latihan", *clips(line, ()))


def test_a_finger_is_answered_by_light_and_nothing_says_nothing() -> None:
    for line in ("", HOLD_WORDS):
        assert spoken(line) == ""
        assert clips(line, ()) == ()


@pytest.mark.parametrize("state", [AlertState.RAISED, AlertState.UNANSWERED, AlertState.ACKNOWLEDGED])
def test_of_a_silent_alert_there_is_nothing_to_say(state: AlertState) -> None:
    silent = msgspec.structs.replace(alert(code=AlertCode.SILENT), state=state)

    assert spoken(indicate([silent], later(120), SETTINGS, input_lit=False, utc_offset_h=7).message) == ""


def test_an_officer_is_named_by_a_clip_where_a_site_has_recorded_one() -> None:
    line = lesson(AlarmStage.ANSWERED).message

    assert "petugas" in clips(line, ())
    assert "petugas-bripka-sari" in clips(line, {"petugas-bripka-sari"})
    assert clips("Diterima oleh Bripka Sari, baru saja", ()) == ("diterima-oleh", "petugas", "baru-saja")
