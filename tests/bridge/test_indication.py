"""Lamp, siren and words by the table of evidence; only a named human's answer is green."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.indication import Rungs, indicate, lamps_lit, rungs_of, siren_until_ms, sounding
from kiosk.core.alarm_words import AlarmStage, Lamp, shown, stage_of
from kiosk.core.alert import Alert, AlertAction, AlertCode, AlertState, Evidence, after
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Moment
from kiosk.core.ladder import DEFAULT_LADDER

SETTINGS = BridgeSettings()
RAISED_MS = 1_763_770_800_000  # 22 November 2025, 07.20.00 WIB
BOOT_MS = 50_000


def alert(state: AlertState = AlertState.RAISED, evidence: Evidence = Evidence.COMMITTED, **other: object) -> Alert:
    made = Alert(
        id="0197-1",
        code=AlertCode.PANIC,
        source="panic",
        state=state,
        evidence=evidence,
        nonce="n",
        raised_ms=RAISED_MS,
        raised_mono_ms=BOOT_MS,
        boot="b1",
    )
    return msgspec.structs.replace(made, **other)


def later(seconds: float, boot: str = "b1") -> Moment:
    return Moment(RAISED_MS + round(seconds * 1000), True, boot, BOOT_MS + round(seconds * 1000))


STAGES = [
    (AlertState.RAISED, Evidence.COMMITTED, Lamp.RED_FAST, "Mengirim…"),
    (AlertState.SENDING, Evidence.HANDED, Lamp.RED_FAST, "Mengirim…"),
    (AlertState.CARRIED, Evidence.CARRIED, Lamp.AMBER_SLOW, "Terkirim, menunggu petugas"),
    (AlertState.RECEIVED, Evidence.RECEIVED, Lamp.AMBER_SLOW, "Terkirim, menunggu petugas"),
    (AlertState.UNANSWERED, Evidence.RECEIVED, Lamp.RED_AMBER, "BELUM ADA YANG MENJAWAB — hubungi 110"),
    (AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED, Lamp.GREEN, "Diterima oleh Ipda Sari, pukul 07.21"),
    (AlertState.DISPATCHED, Evidence.DISPATCHED, Lamp.GREEN, "Petugas menuju lokasi"),
]


@pytest.mark.parametrize(("state", "evidence", "lamp", "words"), STAGES)
def test_lamp_and_words_follow_the_table(state: AlertState, evidence: Evidence, lamp: Lamp, words: str) -> None:
    seen = shown(alert(state, evidence, officer="Ipda Sari", answered_ms=RAISED_MS + 60_000), RAISED_MS + 90_000, 7)

    assert (seen.lamp, seen.words) == (lamp, words)


@given(actions=st.lists(st.sampled_from(AlertAction), max_size=12))
def test_green_is_shown_only_once_a_human_has_answered(actions: list[AlertAction]) -> None:
    walked, answered = alert(), False
    for action in actions:
        if (walked.state, action) == (AlertState.CLOSED, AlertAction.CANCEL):
            continue
        state, evidence = after(walked, action)
        walked = msgspec.structs.replace(walked, state=state, evidence=evidence)
        answered |= action in (AlertAction.ACKNOWLEDGE, AlertAction.DISPATCH, AlertAction.ARRIVE)

        seen = shown(walked, RAISED_MS, 7)

        assert (seen.lamp is not Lamp.GREEN) or answered
        assert indicate([walked], later(1), SETTINGS, False, 7).lamp is seen.lamp


@pytest.mark.parametrize("state", AlertState)
def test_every_state_has_a_stage_a_lamp_and_words(state: AlertState) -> None:
    for evidence in Evidence:
        seen = shown(alert(state, evidence), RAISED_MS, 7)

        assert seen.stage is stage_of(alert(state, evidence))
        assert seen.words
        assert "{" not in seen.words + seen.detail


def test_a_drill_says_so() -> None:
    assert shown(alert(drill=True), RAISED_MS, 7).words == "LATIHAN — Mengirim…"


def test_the_detail_tells_what_was_pressed_when_and_how_often() -> None:
    seen = shown(alert(presses=3), RAISED_MS, 7)

    assert seen.detail == "Keadaan darurat, ditekan pukul 07.20.00 (3 kali)"
    assert seen.stage is AlarmStage.SENDING


def test_the_most_urgent_alert_is_shown() -> None:
    answered = alert(AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED, officer="A", answered_ms=RAISED_MS)
    unanswered = alert(AlertState.UNANSWERED, Evidence.RECEIVED)

    assert indicate([unanswered, answered, alert()], later(120), SETTINGS, False, 7).lamp is Lamp.RED_AMBER
    assert indicate([alert(), answered], later(1), SETTINGS, False, 7).lamp is Lamp.RED_FAST


def test_of_two_answers_the_newest_is_shown() -> None:
    first = alert(AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED, officer="Pertama", answered_ms=RAISED_MS)
    second = alert(AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED, officer="Kedua", answered_ms=RAISED_MS)

    assert "Kedua" in indicate([first, second], later(1), SETTINGS, False, 7).message


def test_nothing_open_shows_nothing() -> None:
    seen = indicate([], later(0), SETTINGS, False, 7)

    assert (seen.lamp, seen.siren, seen.message) == (Lamp.OFF, False, "")


def test_a_finger_is_answered_even_beside_an_old_answer() -> None:
    answered = alert(AlertState.ACKNOWLEDGED, Evidence.ACKNOWLEDGED, officer="A", answered_ms=RAISED_MS)

    assert indicate([answered], later(1), SETTINGS, True, 7).lamp is Lamp.RED_STEADY


def test_the_siren_sounds_from_the_commit_for_its_limit() -> None:
    assert siren_until_ms(alert(), later(0), SETTINGS) == BOOT_MS + 180_000
    assert siren_until_ms(alert(), later(179.9), SETTINGS) == BOOT_MS + 180_000
    assert siren_until_ms(alert(AlertState.RECEIVED), later(180), SETTINGS) is None


@pytest.mark.parametrize("state", [AlertState.ACKNOWLEDGED, AlertState.CANCEL_REQUESTED, AlertState.CLOSED])
def test_an_answer_a_cancellation_and_a_close_silence_the_siren(state: AlertState) -> None:
    assert siren_until_ms(alert(state), later(1), SETTINGS) is None


def test_a_short_siren_resumes_at_100_s_when_nobody_answers() -> None:
    settings = BridgeSettings(siren_limit_s=60)
    unanswered = alert(AlertState.UNANSWERED)

    assert siren_until_ms(alert(), later(99), settings) is None
    assert siren_until_ms(unanswered, later(100), settings) == BOOT_MS + 160_000
    assert siren_until_ms(unanswered, later(161), settings) is None
    assert siren_until_ms(unanswered, later(220), settings) == BOOT_MS + 280_000


@given(seconds=st.floats(0, 86_400), limit_s=st.floats(1, 300), rest_s=st.floats(1, 300))
def test_a_stretch_of_siren_is_never_longer_than_its_limit(seconds: float, limit_s: float, rest_s: float) -> None:
    settings = BridgeSettings(siren_limit_s=limit_s, siren_rest_s=rest_s)
    now = later(seconds)

    until_ms = siren_until_ms(alert(AlertState.UNANSWERED), now, settings)

    assert until_ms is None or now.mono_ms < until_ms <= now.mono_ms + limit_s * 1000 + 1


def test_the_siren_resumes_after_a_reboot_while_nobody_has_answered() -> None:
    after_boot = Moment(RAISED_MS, False, "b2", 25_000)

    assert siren_until_ms(alert(), after_boot, SETTINGS) == 180_000


def test_a_silent_alert_is_not_there_at_all_and_hides_no_other() -> None:
    silent = alert(code=AlertCode.SILENT)

    assert indicate([silent], later(1), SETTINGS, False, 7) == indicate([], later(1), SETTINGS, False, 7)
    assert sounding([silent], later(1), SETTINGS) == []
    assert indicate([silent, alert()], later(1), SETTINGS, False, 7).lamp is Lamp.RED_FAST
    assert not indicate(
        [msgspec.structs.replace(silent, state=AlertState.UNANSWERED)], later(300), SETTINGS, False, 7
    ).siren


def test_the_siren_waits_for_its_rung_and_a_ladder_without_one_has_none() -> None:
    assert siren_until_ms(alert(), later(29), SETTINGS, Rungs(30, 100)) is None
    assert siren_until_ms(alert(), later(30), SETTINGS, Rungs(30, 100)) == BOOT_MS + 210_000
    assert siren_until_ms(alert(AlertState.UNANSWERED), later(100), SETTINGS, Rungs(None, 100)) is None
    assert rungs_of(DEFAULT_LADDER) == Rungs(0, 100)


def test_the_screen_offers_110_once_its_rung_is_reached_and_nobody_has_answered() -> None:
    waiting, answered = alert(AlertState.RECEIVED, Evidence.RECEIVED), alert(AlertState.ACKNOWLEDGED, Evidence(5))

    assert "110" not in indicate([waiting], later(61), SETTINGS, False, 7).message
    assert "110" in indicate([waiting], later(61), SETTINGS, False, 7, offered={waiting.id}).message
    assert "110" not in indicate([answered], later(61), SETTINGS, False, 7, offered={answered.id}).message


def test_a_press_that_the_disk_refuses_sounds_for_the_limit_and_claims_nothing() -> None:
    seen = indicate([], later(1), SETTINGS, False, 7, unrecorded_since_ms=BOOT_MS)

    assert (seen.lamp, seen.siren, seen.siren_until_ms) == (Lamp.RED_STEADY, True, BOOT_MS + 180_000)
    assert not indicate([], later(181), SETTINGS, False, 7, unrecorded_since_ms=BOOT_MS).siren


@pytest.mark.parametrize("lamp", Lamp)
def test_no_lamp_flashes_more_than_three_times_a_second(lamp: Lamp) -> None:
    levels = [lamps_lit(lamp, at_ms) for at_ms in range(0, 10_000, 10)]

    for colour in range(3):
        rises = sum(not was[colour] and now[colour] for was, now in pairwise(levels))
        assert rises <= 30


def test_lamps_differ_in_rhythm_and_colour() -> None:
    rhythms = {tuple(lamps_lit(lamp, at_ms) for at_ms in range(0, 4_000, 50)) for lamp in Lamp}

    assert len(rhythms) == len(Lamp)
