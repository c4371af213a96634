"""Against a receiver that others wrote: pysiaalarm, plain and with every AES key, over TCP and UDP.

It is lenient (it acknowledges before its handler has run, and codes that its table lacks as "invalid report"), so that
it took a message proves our bytes, not that anybody has seen it. Its known quirks are tests here as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent
from pysiaalarm.sync.client import SIAClient
from pysiaalarm.utils.enums import CommunicationsProtocol

from firmware_bridge.dc09.client import ReceiverClient
from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.evidence import Outcome, Step, fault_words
from firmware_bridge.dc09.line import Line
from firmware_bridge.dc09.session import Session
from firmware_bridge.dc09.settings import ReceiverSettings
from kiosk.core.alert import AlertCode
from kiosk.core.clock import ManualClock, SystemClock
from tests.bridge.dc09.rig import ACCOUNT, RAISED, Transport, settings
from tests.bridge.rig import wait_until

KEYS = {"plain": "", "AES-128": "k" * 16, "AES-192": "k" * 24, "AES-256": "0123456789abcdef" * 2}
TOLD = {
    ("1120", "PA"): RAISED,
    ("1100", "MA"): Event("alert-2", Report.RAISED, AlertCode.MEDICAL, zone=2),
    ("1110", "FA"): Event("alert-3", Report.RAISED, AlertCode.FIRE, zone=3),
    ("1123", "YN"): Event("alert-4", Report.RAISED, AlertCode.CRIME, zone=4),  # its table has no 123
    ("1122", "HA"): Event("alert-5", Report.RAISED, AlertCode.CRIME, silent=True, zone=5),
    ("1406", "OC"): Event("alert-1", Report.CANCELLED, AlertCode.PANIC, zone=1),
    ("3120", "PH"): Event("alert-1", Report.CLOSED, AlertCode.PANIC, zone=1),
    ("1137", "TA"): Event("tamper", Report.FAULT, zone=9),
    ("3137", "TR"): Event("tamper", Report.FAULT_OVER, zone=9),
    ("1601", "RX"): Event("drill-1", Report.RAISED, AlertCode.FIRE, drill=True),
    ("1602", "RP"): Event("2025-11-22", Report.TEST),
}


class Other:
    """pysiaalarm on a free port, with everything that its handler was given."""

    def __init__(self, transport: Transport, key: str, account: str = ACCOUNT) -> None:
        self.came: list[SIAEvent] = []
        self._client = SIAClient(
            *("127.0.0.1", 0, [SIAAccount(account, key or None)], self.came.append),
            protocol=CommunicationsProtocol[transport.upper()],
        )
        self._client.start(poll_interval=0.05)
        self.port = int(self._client.sia_server.server_address[1])

    @property
    def counts(self) -> dict[str, int]:
        return vars(self._client.counts)

    def close(self) -> None:
        self._client.stop()


@contextmanager
def talking(used: ReceiverSettings) -> Iterator[ReceiverClient]:
    with closing(ReceiverClient(used, SystemClock())) as client:
        yield client


@pytest.fixture(params=["tcp", "udp"])
def transport(request: pytest.FixtureRequest) -> Transport:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    return KEYS[request.param]


@pytest.fixture
def other(transport: Transport, key: str) -> Iterator[Other]:
    with closing(Other(transport, key)) as made:
        yield made


@pytest.fixture
def used(other: Other, transport: Transport, key: str) -> ReceiverSettings:
    return settings(other.port, transport, key=key, key_form="text")


def test_every_report_is_acknowledged_and_read_as_what_it_is(other: Other, used: ReceiverSettings) -> None:
    seen: list[Step] = []

    def all_carried() -> bool:
        seen.extend(client.take_steps())
        return len([step for step in seen if step.outcome is Outcome.CARRIED]) == len(TOLD)

    with talking(used) as client:
        for event in TOLD.values():
            assert client.submit(event)
        wait_until(all_carried)
        assert client.faults() == ()

    assert {step.outcome for step in seen} == {Outcome.HANDED, Outcome.CARRIED}
    wait_until(lambda: len([came for came in other.came if came.event_type]) == len(TOLD))
    read = {(f"{came.event_qualifier}{came.event_type}", came.code): came for came in other.came if came.event_type}
    assert set(read) == set(TOLD)
    for said, event in TOLD.items():
        assert (read[said].account, read[said].partition, read[said].ri) == (ACCOUNT, "01", f"{event.zone:03}")
    errors = {name: count for name, count in other.counts.items() if name.startswith("error")}
    assert set(errors.values()) == {0}, errors


def test_a_poll_is_acknowledged(other: Other, used: ReceiverSettings) -> None:
    with talking(used) as client:
        wait_until(lambda: len(other.came) == 1)
        assert client.faults() == ()
    assert str(other.came[0].message_type).endswith("NULL")


class Stepped:
    """Our end in time that the test passes, so that pauses cost none."""

    def __init__(self, used: ReceiverSettings, clock: ManualClock) -> None:
        self.clock = clock
        self.session = Session(used, clock.now(), jitter=lambda: 1.0)
        self.line = Line(used, self.session, clock)
        self.steps: list[Step] = []

    def turn_until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not reached():
            assert time.monotonic() < deadline, self.steps
            self.steps += self.line.turn(0.1)

    def came(self, outcome: Outcome, count: int = 1) -> Callable[[], bool]:
        return lambda: len([step for step in self.steps if step.outcome is outcome]) >= count

    def words(self) -> tuple[str, ...]:
        return fault_words(self.session.health, self.clock.now().mono_ms)

    def close(self) -> None:
        self.line.close()


@pytest.mark.parametrize("key", ["AES-128"], indirect=True)
def test_a_box_that_believes_it_is_1970_is_told_the_time_and_its_alert_taken(
    other: Other, used: ReceiverSettings
) -> None:
    with closing(Stepped(used, ManualClock(wall_ms=0))) as ours:
        ours.session.submit(RAISED, ours.clock.now())
        ours.turn_until(ours.came(Outcome.CARRIED))

    assert [step.outcome for step in ours.steps] == [Outcome.HANDED, Outcome.PUT_OFF, Outcome.CARRIED]
    assert '"NAK"' in ours.steps[1].raw
    wait_until(lambda: len(other.came) == 1)
    assert isinstance(other.came[0].timestamp, datetime)
    assert abs((other.came[0].timestamp - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("key", ["AES-256"], indirect=True)
def test_a_wrong_key_is_never_taken_for_a_carried_alert_and_becomes_a_fault(
    other: Other, used: ReceiverSettings, transport: Transport
) -> None:
    wrong = settings(other.port, transport, key="x" * 32, key_form="text")
    with closing(Stepped(wrong, ManualClock(wall_ms=time.time_ns() // 1_000_000))) as ours:
        ours.session.submit(RAISED, ours.clock.now())
        for misses in (1, 2, 3):
            ours.turn_until(lambda expected=misses: ours.session.health.misses == expected)  # type: ignore[misc]
            ours.clock.advance(60)

    assert Outcome.CARRIED not in [step.outcome for step in ours.steps]
    assert ours.words() == ("pusat alarm DC-09 terus menjawab NAK",)
    assert other.came == []


@pytest.mark.parametrize("key", ["plain"], indirect=True)
def test_its_answer_to_a_message_without_r_is_none_and_proves_nothing(other: Other, transport: Transport) -> None:
    """pysiaalarm issue 88: `"ACK"0001NoneL0#1234[]`."""
    without = settings(other.port, transport, receiver_number="")
    with closing(Stepped(without, ManualClock())) as ours:
        ours.turn_until(ours.came(Outcome.IGNORED))

    assert "NoneL0" in ours.steps[0].raw


@pytest.mark.parametrize("key", ["plain"], indirect=True)
def test_its_answer_for_an_unknown_account_is_no_frame_and_proves_nothing(transport: Transport, key: str) -> None:
    with (
        closing(Other(transport, key, account="ABCDEF")) as other,
        closing(Stepped(settings(other.port, transport), ManualClock())) as ours,
    ):
        ours.session.submit(RAISED, ours.clock.now())
        ours.turn_until(ours.came(Outcome.IGNORED))
        ours.clock.advance(5)
        ours.turn_until(lambda: ours.session.health.misses == 1)

    assert [step.outcome for step in ours.steps if step.outcome is Outcome.CARRIED] == []
    assert ours.session.health.waiting == 1
