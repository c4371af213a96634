"""Which alert the simulated box speaks of: the one that lamp and screen do."""

from __future__ import annotations

import msgspec

from deploy.demo.proof import Alert, most_urgent


def alert(id: str, stage: str) -> Alert:
    shown = {"stage": stage, "detail": "ditekan pukul 12.00"}
    return msgspec.convert({"id": id, "evidence": 1, "raised_at": "", "shown": shown}, Alert)


def test_the_most_urgent_is_shown_before_a_newer_one() -> None:
    older, newer = alert("1", "unanswered"), alert("2", "answered")
    assert most_urgent([older, newer]) is older
    assert most_urgent([newer, older]) is older


def test_of_equals_the_newest_is_shown() -> None:
    older, newer = alert("1", "sending"), alert("2", "sending")
    assert most_urgent([older, newer]) is newer


def test_closed_ones_come_last_and_none_is_none() -> None:
    closed, waiting = alert("2", "closed"), alert("1", "waiting")
    assert most_urgent([closed, waiting]) is waiting
    assert most_urgent([closed]) is closed
    assert most_urgent([]) is None
