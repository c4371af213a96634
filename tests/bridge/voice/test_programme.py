"""What a loudspeaker plays, piece by piece, in time that the test passes."""

from __future__ import annotations

from itertools import combinations

import pytest

from firmware_bridge.buzzer import BUZZER
from firmware_bridge.ports import Command
from firmware_bridge.rhythm import TITIR, Rhythm
from firmware_bridge.voice.programme import AGAIN_MS, PIECE_MS, Programme, told
from firmware_bridge.voice.tones import knocks, tones
from kiosk.core.alarm_words import Lamp
from kiosk.voice.sound import RATE_HZ, Sound
from tests.bridge.test_buzzer import HEARD_MS, STEP_MS, UNLIKE, unlike

STAGES = (Lamp.RED_FAST, Lamp.AMBER_SLOW, Lamp.GREEN, Lamp.RED_AMBER)
WORDS = Sound(RATE_HZ, b"\x01\x40" * RATE_HZ)  # a second of what no tone is


def command(lamp: Lamp, line: str = "x", siren: bool = False, rhythm: Rhythm = TITIR, for_ms: int = 10**6) -> Command:
    return Command(lamp, for_ms, siren, for_ms if siren else 0, line, rhythm)


class Heard:
    """A programme that is played as fast as it sounds."""

    def __init__(self, speaks: bool = True, beat: bool = True) -> None:
        self.said: list[str] = []
        self.programme = Programme(self.speak if speaks else lambda line: None, beat)
        self.now_ms = 0

    def speak(self, line: str) -> Sound | None:
        self.said.append(line)
        return WORDS if line else None

    def show(self, shown: Command) -> None:
        self.programme.follow(shown, self.now_ms)

    def play(self, for_ms: int) -> bytes:
        """All that is heard in that time."""
        heard, until_ms = b"", self.now_ms + for_ms
        while self.now_ms < until_ms:
            piece = self.programme.piece(self.now_ms)
            heard += piece or b""
            self.now_ms += len(piece) * 1000 // (2 * RATE_HZ) if piece else PIECE_MS
        return heard


def loud_steps(samples: bytes) -> tuple[bool, ...]:
    """Whether anything sounds, step by step; the end is silence."""
    levels, step = memoryview(samples).cast("h"), RATE_HZ * STEP_MS // 1000
    return tuple(any(levels[at * step : at * step + step]) for at in range(HEARD_MS // STEP_MS))


@pytest.mark.parametrize("lamp", STAGES)
def test_a_new_stage_is_told_at_once_by_its_tones_and_then_its_words(lamp: Lamp) -> None:
    heard = Heard()
    heard.show(command(lamp))
    expected = told(lamp, "x", heard.speak).samples

    assert heard.play(6_000).startswith(expected)
    last = BUZZER[lamp].tones[-1]
    sounding = 2 * (RATE_HZ * (last.start_ms + last.lasts_ms) // 1000)
    assert expected[:sounding] == tones(BUZZER[lamp]).samples[:sounding]
    assert len(expected) - sounding - len(WORDS.samples) < RATE_HZ, "not half a second until the words"
    assert expected.endswith(WORDS.samples)


@pytest.mark.parametrize(("one", "other"), [*combinations(STAGES, 2)])
def test_without_any_words_the_four_stages_still_sound_different(one: Lamp, other: Lamp) -> None:
    sounding = []
    for lamp in (one, other):
        played = Heard(speaks=False)
        played.show(command(lamp))
        sounding.append(loud_steps(played.play(HEARD_MS)))

    assert unlike(*sounding) >= UNLIKE


def test_the_words_come_again_while_a_stage_lasts_and_the_tones_go_on_between() -> None:
    heard = Heard()
    heard.show(command(Lamp.RED_AMBER))
    sound = heard.play(30_000)

    assert sound.count(WORDS.samples) == 3
    assert heard.now_ms > 2 * AGAIN_MS[Lamp.RED_AMBER]
    assert len(sound) >= 2 * RATE_HZ * 29, "never silent"


def test_an_answer_is_said_twice_and_then_there_is_peace() -> None:
    heard = Heard()
    heard.show(command(Lamp.GREEN))

    assert heard.play(60_000).count(WORDS.samples) == 2
    assert heard.play(60_000) == b""


def test_a_stage_that_is_over_is_not_heard_any_longer() -> None:
    heard = Heard()
    heard.show(command(Lamp.RED_FAST))
    heard.play(1_300)
    heard.show(command(Lamp.GREEN, "y"))

    assert heard.programme.is_news(heard.now_ms)
    assert heard.play(500).startswith(tones(BUZZER[Lamp.GREEN]).samples[:1_000])
    assert not heard.programme.is_news(heard.now_ms)


def test_a_command_that_is_renewed_is_no_news() -> None:
    heard = Heard()
    for _ in range(6):
        heard.show(command(Lamp.AMBER_SLOW))
        heard.play(1_000)

    assert heard.said.count("x") >= 1
    assert not heard.programme.is_news(heard.now_ms)


def test_the_kentongan_beats_between_the_words_while_the_siren_sounds() -> None:
    fire = Rhythm("fire", ((0, 120), (300, 120)), 1_000)
    heard = Heard()
    heard.show(command(Lamp.RED_FAST, siren=True, rhythm=fire))
    sound = heard.play(8_000)
    begun = told(Lamp.RED_FAST, "x", heard.speak).samples

    assert sound[len(begun) :].startswith(knocks(fire).samples * 2)
    without = Heard(beat=False)
    without.show(command(Lamp.RED_FAST, siren=True, rhythm=fire))
    assert without.play(8_000)[len(begun) :].startswith(tones(BUZZER[Lamp.RED_FAST]).samples)


def test_a_beat_that_nobody_renews_ends_with_the_sirens_time_and_the_words_with_the_lamps() -> None:
    heard = Heard()
    heard.show(Command(Lamp.RED_FAST, 5_000, True, 9_000, "x", TITIR))
    heard.play(9_500)

    assert heard.said
    assert heard.play(60_000) == b""


def test_a_finger_is_one_short_beep_and_nothing_shown_is_silence() -> None:
    heard = Heard(speaks=False)
    assert heard.play(1_000) == b""
    heard.show(command(Lamp.RED_STEADY, "Tahan terus…"))

    assert heard.play(5_000) == tones(BUZZER[Lamp.RED_STEADY]).samples


def test_a_knock_rings_over_the_end_of_its_period_and_never_overdrives() -> None:
    levels = memoryview(knocks(TITIR).samples).cast("h")

    assert len(levels) == TITIR.period_ms * RATE_HZ // 1000
    assert 20_000 < max(map(abs, levels)) <= 32_767
