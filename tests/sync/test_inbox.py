"""A kiosk and what it is told: commands judged by the central's clock, run once, each with one result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadInput, BadMessage
from kiosk.core.event import Lane
from kiosk.store import tickets
from kiosk.store.commands import finish_interrupted
from kiosk.store.database import Store, open_store
from kiosk.store.downlink import message_number
from kiosk.store.journal import events
from kiosk.store.migrate import migrate
from sync.agent.central_clock import CentralClock
from sync.agent.commands import COMMANDS, Context, Known, NoArguments
from sync.agent.inbox import Inbox
from sync.agent.rewinds import Rewinds
from sync.wire.downlink import Command, Message
from sync.wire.messages import encode

DEVICE = "31.74.05.1001-k1"
CENTRAL_MS = 1_763_770_800_000
HOUR_MS = 3_600_000
TWO_WEEKS_MS = 14 * 24 * HOUR_MS


class Kiosk:
    """A kiosk whose own wall clock says `wall_ms`, and a command `count` that counts how often it ran."""

    def __init__(self, folder: Path, wall_ms: int = CENTRAL_MS) -> None:
        migrate(folder / "kiosk.db", DEVICE)
        self.clock = ManualClock(wall_ms)
        self.store: Store = open_store(folder / "kiosk.db", self.clock)
        self.central_clock, self.rewinds, self.runs = CentralClock(self.clock), Rewinds(), list[str]()
        self.commands = {**COMMANDS, "count": Known(NoArguments, self._count), "fail": Known(NoArguments, self._fail)}
        self.restart()

    def restart(self) -> None:
        self.inbox = Inbox(Context(self.store, self.central_clock, self.rewinds), self.commands)

    def _count(self, *_: Any) -> dict[str, object]:
        self.runs.append("count")
        return {"runs": len(self.runs)}

    def _fail(self, *_: Any) -> dict[str, object]:
        raise BadInput("tidak ada kertas")

    def order(self, number: int, name: str, expires_ms: int, after: int = 0, arguments: bytes = b"{}") -> bool:
        command = Command(number, after, f"c{number}", name, msgspec.Raw(arguments), expires_ms)
        return self.inbox.take_command(encode(command))

    def results(self) -> list[dict[str, Any]]:
        rows = events(self.store, Lane.SERVICE, 0, 100)
        return [msgspec.json.decode(event.body) for event in rows if event.kind == "command.result"]


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    opened = Kiosk(tmp_path)
    yield opened
    opened.store.close()


def test_a_command_runs_once_and_has_one_result(kiosk: Kiosk) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    for _ in range(3):
        kiosk.order(5, "count", CENTRAL_MS + HOUR_MS)
    assert kiosk.runs == ["count"]
    assert kiosk.results() == [{"id": "c5", "name": "count", "ok": True, "result": {"runs": 1}, "why": ""}]


@pytest.mark.parametrize("wall_ms", [0, CENTRAL_MS - TWO_WEEKS_MS, CENTRAL_MS + TWO_WEEKS_MS])
def test_the_kiosks_own_clock_judges_no_expiry(tmp_path: Path, wall_ms: int) -> None:
    kiosk = Kiosk(tmp_path, wall_ms)
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    kiosk.order(1, "count", CENTRAL_MS + HOUR_MS)
    kiosk.clock.advance(3_599)
    kiosk.order(2, "count", CENTRAL_MS + HOUR_MS, after=1)
    kiosk.clock.advance(1)
    kiosk.order(3, "count", CENTRAL_MS + HOUR_MS, after=2)
    kiosk.order(4, "count", CENTRAL_MS - 1, after=3)
    assert [result["ok"] for result in kiosk.results()] == [True, True, False, False]
    assert len(kiosk.runs) == 2
    assert "kedaluwarsa" in kiosk.results()[2]["why"]
    kiosk.store.close()


def test_the_time_on_the_way_counts_against_a_command(kiosk: Kiosk) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 20.0)
    kiosk.order(1, "count", CENTRAL_MS + 10_000)
    assert kiosk.runs == []


def test_a_jump_of_the_wall_clock_moves_no_expiry(kiosk: Kiosk) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    kiosk.clock.moment = msgspec.structs.replace(kiosk.clock.moment, wall_ms=CENTRAL_MS + TWO_WEEKS_MS)
    kiosk.order(1, "count", CENTRAL_MS + 1_000)
    assert kiosk.runs == ["count"]


def test_before_the_central_said_its_time_a_command_waits_and_a_hello_asks(kiosk: Kiosk) -> None:
    assert kiosk.order(1, "count", CENTRAL_MS + HOUR_MS)
    assert (kiosk.runs, kiosk.results(), message_number(kiosk.store)) == ([], [], 0)
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    assert not kiosk.order(1, "count", CENTRAL_MS + HOUR_MS)
    assert kiosk.runs == ["count"]


def test_an_early_one_waits_and_a_hello_asks_for_what_is_missing(kiosk: Kiosk) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    assert all(kiosk.order(number, "count", CENTRAL_MS + HOUR_MS, after=number - 1) for number in (5, 4, 3))
    assert kiosk.runs == []
    for number in (2, 3, 4, 5):
        kiosk.order(number, "count", CENTRAL_MS + HOUR_MS, after=0 if number == 2 else number - 1)
    assert [result["id"] for result in kiosk.results()] == ["c2", "c3", "c4", "c5"]


@pytest.mark.parametrize(
    ("name", "arguments", "word"),
    [
        ("reformat", b"{}", "tidak dikenal"),
        ("report", b'{"x":1}', "argumen"),
        ("resend", b'{"lane":"other","from_seq":1}', "argumen"),
        ("resend", b'{"lane":"service","from_seq":0}', "argumen"),
        ("resend", b'{"lane":"alarm","from_seq":9}', "baru sampai"),
        ("fail", b"{}", "kertas"),
    ],
)
def test_what_cannot_be_done_says_why_and_the_next_is_done(
    kiosk: Kiosk, name: str, arguments: bytes, word: str
) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    kiosk.order(1, name, CENTRAL_MS + HOUR_MS, arguments=arguments)
    kiosk.order(2, "count", CENTRAL_MS + HOUR_MS, after=1)
    first, second = kiosk.results()
    assert not first["ok"]
    assert word in first["why"]
    assert second["ok"]


def test_a_command_in_whose_middle_the_agent_died_is_not_run_again(kiosk: Kiosk) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)

    def dies(*_: Any) -> dict[str, object]:
        kiosk.runs.append("dies")
        raise SystemExit

    kiosk.commands["die"] = Known(NoArguments, dies)
    kiosk.restart()
    with pytest.raises(SystemExit):
        kiosk.order(1, "die", CENTRAL_MS + HOUR_MS)
    assert finish_interrupted(kiosk.store) == 1
    kiosk.restart()
    kiosk.order(1, "die", CENTRAL_MS + HOUR_MS)
    assert kiosk.runs == ["dies"]
    assert [(result["ok"], result["why"]) for result in kiosk.results()] == [(False, "interrupted")]


def test_a_report_tells_how_the_kiosk_is(kiosk: Kiosk) -> None:
    tickets.issue(kiosk.store, "usaha", "A", 7, None, None)
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    kiosk.order(1, "report", CENTRAL_MS + HOUR_MS)
    (result,) = kiosk.results()
    told = result["result"]
    assert told["backlogs"]["service"]["waiting"] > 0
    assert told["disk"]["free_bytes"] > 0
    assert told["clock"]["central_ms"] == CENTRAL_MS
    assert set(told["versions"]) == {"kentongan", "python", "schema"}


def test_to_resend_is_to_go_back_once(kiosk: Kiosk) -> None:
    for _ in range(3):
        tickets.issue(kiosk.store, "usaha", "A", 7, None, None)
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    kiosk.order(1, "resend", CENTRAL_MS + HOUR_MS, arguments=b'{"lane":"service","from_seq":2}')
    assert kiosk.results()[0]["ok"]
    assert [kiosk.rewinds.take(Lane.SERVICE), kiosk.rewinds.take(Lane.SERVICE)] == [2, None]


@pytest.mark.parametrize(
    ("kind", "body"),
    [("letter.print", b"{}"), ("request.update", b"{}"), ("request.update", b'{"request":"x","state":"gone"}')],
)
def test_a_message_that_cannot_be_understood_is_refused_and_journalled(kiosk: Kiosk, kind: str, body: bytes) -> None:
    kiosk.inbox.take_message(encode(Message(4, 0, kind, msgspec.Raw(body))))
    (event,) = events(kiosk.store, Lane.SERVICE, 0, 10)
    assert event.kind == "message.refused"
    assert msgspec.json.decode(event.body)["number"] == 4
    assert message_number(kiosk.store) == 4


@pytest.mark.parametrize(
    "payload",
    [
        b'{"number":7,"after":0}',
        b'{"number":7,"after":0,"kind":5,"id":{},"body":"","arguments":[]}',
        b'{"number":7,"after":0,"kind":"x","id":"x","name":"x","expires_ms":1,"body":{"x":"%s"},"arguments":{"x":"%s"}}'
        % (b"y" * 9_000, b"y" * 9_000),
    ],
    ids=["bare", "mistyped", "large"],
)
def test_what_cannot_be_read_but_has_a_number_holds_nothing_up(kiosk: Kiosk, payload: bytes) -> None:
    kiosk.central_clock.heard(CENTRAL_MS, 0.0)
    kiosk.inbox.take_message(payload)
    kiosk.inbox.take_command(payload.replace(b'"number":7,"after":0', b'"number":8,"after":7'))
    assert message_number(kiosk.store) == 8
    assert [event.kind for event in events(kiosk.store, Lane.SERVICE, 0, 10)] == ["message.refused"] * 2
    kiosk.order(9, "count", CENTRAL_MS + HOUR_MS, after=8)
    assert kiosk.runs == ["count"]


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"number":0,"after":0,"kind":"x","body":{}}'])
def test_what_is_no_message_changes_nothing(kiosk: Kiosk, payload: bytes) -> None:
    for take in (kiosk.inbox.take_message, kiosk.inbox.take_command):
        with pytest.raises(BadMessage):
            take(payload)
    assert message_number(kiosk.store) == 0
