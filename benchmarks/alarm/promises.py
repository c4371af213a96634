"""What is promised, against what was measured: the rows of the table in its order. Pure.

A percentile of few presses is their slowest. Each figure stands under the promise as the alarm's design words it; what
stands in for what, and which setting was shorter than a site's, is said in the remark.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.alarm import for_ever as passed_in
from benchmarks.alarm.exercises import ExerciseTimes
from benchmarks.alarm.firmware_presses import BoardTimes
from benchmarks.alarm.nobody import NobodyTimes
from benchmarks.alarm.offline import Kept
from benchmarks.alarm.presses import PressTimes
from benchmarks.alarm.sms import SmsTimes
from benchmarks.alarm.supervision import SupervisionTimes
from benchmarks.row import Row, at_most, median_row, percentile
from firmware_bridge.dc09.exchange import RETRY_FIRST_S, RETRY_LAST_S

LIGHT_MS, SOUND_MS, SOFTWARE_MS, POST_MS = 100, 500, 20, 250
SMS_AFTER_S, SMS_LATEST_S, SMS_AT_ONCE_S = 5.0, 5.5, 1.0
UNANSWERED_S, UNANSWERED_SLACK_S = 100.0, 1.0
POLL_S, FAULT_S = 30.0, 90.0
BUFFER = 1_000
TEST_LOOK_S, TEST_S = 60.0, 70.0
PAUSE_SLACK_S = 0.25  # a sending is seen where it arrives, one late and the next in time
SIMULATED = "simulated box, hold 0.3 s"


def named(what: str, loaded: bool) -> str:
    """The row's name."""
    return f"{what}, under load" if loaded else f"{what}, idle"


def presses(times: Sequence[PressTimes], loaded: bool) -> list[Row]:
    count = f"{len(times)} presses; {SIMULATED}"
    noticed, raw = ([one.noticed_s for one in times], [one.raw_s for one in times])
    disk = f"until the commit began {_p99_words(noticed)}; a bare commit beside it {_p99_words(raw)}"
    return [
        _p99("light after a stable edge, p99", [one.lit_s for one in times], LIGHT_MS, loaded, count),
        _p99("siren and red lamp commanded after the hold, p99", _sounding(times), SOFTWARE_MS, loaded, disk),
        _slowest("… the slowest", _sounding(times), SOUND_MS, loaded),
        _p99(
            "post has it: from the hold to its receipt here, p99",
            [one.received_s for one in times],
            POST_MS,
            loaded,
            f"{count}; SQLite",
        ),
    ]


def firmware(times: Sequence[BoardTimes], loaded: bool) -> list[Row]:
    remark = f"{len(times)} presses; firmware in MicroPython on a pty, hold 1 s; no network; p50 "
    lit, sounding = [one.lit_s for one in times], _sounding(times)
    return [
        _slowest("light, on the panel board, slowest", lit, LIGHT_MS, loaded, remark + _p50(lit)),
        _slowest("siren on, on the panel board, slowest", sounding, SOUND_MS, loaded, "p50 " + _p50(sounding)),
    ]


def alarms(seconds: Sequence[float], loaded: bool) -> list[Row]:
    remark = f"{len(seconds)} alarms one after another, no box; PostgreSQL"
    return [_p99("post has it: from the press to its receipt here, p99", seconds, POST_MS, loaded, remark)]


def sms(times: SmsTimes, loaded: bool) -> list[Row]:
    remark = "emulated modem, to the network's +CMGS; the line swallows"
    silent = median_row(named("SMS when no post has confirmed", loaded), times.unconfirmed_s, "s", remark)
    known = median_row(named("SMS when the network is known to be down", loaded), times.known_bad_s, "s", "as above")
    in_time = all(SMS_AFTER_S - 0.1 <= one <= SMS_LATEST_S for one in times.unconfirmed_s)
    return [
        _judged(silent, in_time, f"5 s (≤ {SMS_LATEST_S:g})"),
        _judged(known, max(times.known_bad_s) <= SMS_AT_ONCE_S, f"at once (≤ {SMS_AT_ONCE_S:g})"),
    ]


def nobody(times: NobodyTimes, loaded: bool) -> list[Row]:
    remark = "real time, first pauses; a mute receiving centre"
    late_s = abs(times.unanswered_s - UNANSWERED_S)
    said = Row(named("nobody has answered: the box says so", loaded), times.unanswered_s, "s", note="real time")
    return [
        _pauses(named("DC-09 sent again after", loaded), times.dc09_pauses_s, remark),
        _pauses(named("SMS sent again after", loaded), times.sms_pauses_s, "real time; the network refuses"),
        _judged(said, late_s <= UNANSWERED_SLACK_S, "100 ± 1"),
    ]


def supervision(times: SupervisionTimes, loaded: bool) -> list[Row]:
    words = "nothing is sent and the line swallows"
    found = (
        ("fault of the network told by the site", times.network_at_site_s, f"{words}; keepalive 30 s"),
        ("… by the post", times.network_at_post_s, "presence of the kiosk"),
        ("fault of the receiving centre's path told on the box", times.receiver_s, "three misses"),
        ("fault of the modem told on the box", times.modem_s, "it stops answering"),
    )
    poll = Row(named("receiving centre polled every", loaded), times.poll_s, "s", note="demo's receiving centre")
    faults = [at_most(Row(named(name, loaded), value, "s", note=note), FAULT_S, "≤ 90") for name, value, note in found]
    return [at_most(poll, POLL_S, "≤ 30"), *faults]


def offline(kept: Kept, loaded: bool) -> list[Row]:
    note = f"alarms after {kept.alarms_s:.1f} s, all after {kept.all_s:.1f} s; {kept.presses_at_post} presses there"
    whole = kept.delivered == kept.waited and kept.presses_at_post == kept.presses and kept.delivered >= BUFFER
    row = Row(named("events kept without a network and delivered", loaded), kept.delivered, "events", note=note)
    return [_judged(row, whole, f"≥ {BUFFER:,}, all {kept.waited:,}")]


def exercises(times: ExerciseTimes, loaded: bool) -> list[Row]:
    note = f"looked for once a minute; receiving centre had it after {times.test_carried_s:.1f} s"
    test = Row(named("daily test, from due to the central's receipt", loaded), times.test_proven_s, "s", note=note)
    note = f"the site asked for it {times.drill_told_s:.1f} s after it was due; the officer answers at once"
    drill = Row(named("weekly drill, from its start to the green lamp", loaded), times.drill_answered_s, "s", note=note)
    return [
        at_most(test, TEST_S, f"daily (≤ {TEST_S:g})"),
        _judged(drill, times.drill_told_s <= TEST_S, f"weekly (asked for ≤ {TEST_S:g})"),
    ]


def for_ever() -> list[Row]:
    """In time that is passed in."""
    note = "{:,} sendings, time passed in"
    found = []
    for name, pauses in (("DC-09", passed_in.dc09_pauses_s()), ("SMS", passed_in.sms_pauses_s())):
        row = Row(f"{name} in a week of silence: longest pause", max(pauses), "s", note=note.format(len(pauses) + 1))
        found.append(at_most(row, RETRY_LAST_S + PAUSE_SLACK_S, "≤ 60, for ever"))
    return found


def backs_off(pauses_s: Sequence[float]) -> bool:
    """Whether each pause lies within 5–60 s, and the later half is longer than the first."""
    low, high = RETRY_FIRST_S - PAUSE_SLACK_S, RETRY_LAST_S + PAUSE_SLACK_S
    return len(pauses_s) >= 3 and all(low <= one <= high for one in pauses_s) and pauses_s[-1] > pauses_s[0]


def _pauses(name: str, pauses_s: Sequence[float], note: str) -> Row:
    longest_s = max(pauses_s, default=None)
    row = Row(name, longest_s, "s, longest", tuple(round(one, 1) for one in pauses_s), note=note)
    return _judged(row, backs_off(pauses_s), "5–60, growing")


def _sounding(times: Sequence[PressTimes] | Sequence[BoardTimes]) -> list[float]:
    return [one.sounding_s for one in times]


def _p99(name: str, seconds: Sequence[float], most_ms: float, loaded: bool, note: str) -> Row:
    milliseconds = [one * 1000 for one in seconds]
    note = f"p50 {percentile(milliseconds, 0.5):.1f}; {note}"
    return at_most(Row(named(name, loaded), percentile(milliseconds, 0.99), "ms", note=note), most_ms, f"≤ {most_ms}")


def _p99_words(seconds: Sequence[float]) -> str:
    return f"{percentile(seconds, 0.5) * 1000:.1f}, p99 {percentile(seconds, 0.99) * 1000:.1f}"


def _p50(seconds: Sequence[float]) -> str:
    return f"{percentile(seconds, 0.5) * 1000:.1f}"


def _slowest(name: str, seconds: Sequence[float], most_ms: float, loaded: bool, note: str = "") -> Row:
    return at_most(Row(named(name, loaded), max(seconds) * 1000, "ms", note=note), most_ms, f"≤ {most_ms}")


def _judged(row: Row, met: bool, words: str) -> Row:
    return Row(row.name, row.value, row.unit, row.runs, words, met, row.note)
