"""Both ends of the downlink, joined by a wire that loses, doubles and reorders, with power cuts and new connections.

The schedules are random and the same in each run; what must hold at the end of every one: each message applied once
and in order, each document what the central desires, and the central knows it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from kiosk.core.clock import ManualClock
from kiosk.core.event import START_HASH, Lane
from kiosk.store import documents
from kiosk.store.database import open_store
from kiosk.store.journal import events
from kiosk.store.migrate import migrate as migrate_site
from kiosk.store.outbox import acknowledge
from sync.agent import downlink as agent
from sync.agent.commands import COMMANDS, Known, NoArguments
from sync.agent.rewinds import Rewinds
from sync.central.ingest import downlink as ingest
from sync.central.store import SiteCard, migrate, open_central
from sync.central.store.delivery import delivery
from sync.wire.downlink import Want
from sync.wire.envelope import pack, unseal
from sync.wire.messages import Hello, batch_of, decode, encode
from sync.wire.topics import Down

DEVICE = "31.74.05.1001-k1"
SITE = "site:31.74.05.1001"
ALL_SHARDS = frozenset(range(64))
HOUR_MS = 3_600_000


class Ends:
    """A central, a kiosk and what is under way between them. Time passes when told."""

    def __init__(self, folder: Path, chance: random.Random, stack: ExitStack) -> None:
        self.chance, self.now_s, self.runs = chance, 100.0, list[int]()
        self.clock = ManualClock()
        migrate(f"sqlite:///{folder}/central.db")
        self.central = open_central(f"sqlite:///{folder}/central.db", self.clock)
        stack.callback(self.central.close)
        self.key = SigningKey.generate()
        self.central.enrol(DEVICE, bytes(range(32)), SiteCard(code="31.74.05.1001", name="Uji", address="Jl. Uji"))
        migrate_site(folder / "kiosk.db", DEVICE)
        self.kiosk_clock = ManualClock(wall_ms=0)
        self.site = open_store(folder / "kiosk.db", self.kiosk_clock)
        stack.callback(self.site.close)
        self.ordered = count(1)
        self.commands = {**COMMANDS, "note": Known(NoArguments, self._note)}
        self.wire: list[tuple[str, bytes]] = []
        self.asking = False
        self.restart_worker()
        self.restart_agent()

    def _note(self, *_: Any) -> dict[str, object]:
        self.runs.append(len(self.runs) + 1)
        return {"run": len(self.runs)}

    def restart_worker(self) -> None:
        self.worker = ingest.Downlink(self.central, self.key, ALL_SHARDS)
        self.worker.begin()
        self.wire.clear()

    def restart_agent(self) -> None:
        """A power cut: what was under way is gone, and the new agent says hello."""
        self.agent = agent.Downlink(self.site, Rewinds(), self.commands)
        self.greet()

    def greet(self) -> None:
        """A new connection."""
        self.wire.clear()
        self.agent.begin()
        self.hello()

    def hello(self) -> None:
        lanes = {Lane.SERVICE: (0, 0)}
        hello = Hello((1, 1), self.site.epoch, "0" * 16, lanes, self.agent.applied(), self.agent.held())
        self.worker.greeted(DEVICE, decode(encode(hello), Hello))
        self.agent.heard(self.central.now_ms(), 0.0)
        self.asking = False

    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.clock.advance(seconds)
        self.kiosk_clock.advance(seconds)

    def central_speaks(self) -> None:
        self.wire += [(topic, data) for topic, data in self.worker.due(self.now_s) if DEVICE in topic]

    def deliver(self, at: int = 0) -> None:
        if self.wire:
            topic, data = self.wire.pop(min(at, len(self.wire) - 1))
            payload = unseal(bytes(self.key.verify_key), topic, data)
            self.asking |= self.agent.take(Down(topic.rsplit("/", 1)[1]), payload, self.now_s)

    def wait(self) -> None:
        self.pass_time(self.chance.choice([0.02, 0.1, 1, 30]))

    def deliver_late(self) -> None:
        self.deliver(self.chance.randrange(5))

    def lose(self) -> None:
        del self.wire[:1]

    def double(self) -> None:
        self.wire += self.wire[:1]

    def kiosk_speaks(self) -> None:
        if (want := self.agent.due(self.now_s, 0.05)) is not None:
            self.worker.wanted(DEVICE, decode(encode(want), Want))
        self.carry_journal()
        self.worker.applied(DEVICE, self.agent.applied())
        if self.asking:
            self.hello()

    def carry_journal(self) -> None:
        """The way up, which is not what is tested here: it loses nothing."""
        held = self.central.cursors(DEVICE, self.site.epoch).get(Lane.SERVICE)
        rows = events(self.site, Lane.SERVICE, held.committed_through if held else 0, 100)
        if rows:
            batch = batch_of(held.head_hash if held else START_HASH, rows, 0)
            self.central.commit(delivery(DEVICE, pack(encode(batch)), batch, self.central.now_ms()))
            acknowledge(self.site, Lane.SERVICE, rows[-1].seq)

    def order(self) -> None:
        next(self.ordered)
        self.central.downlink.send_command(DEVICE, "note", {}, self.central.now_ms() + 1_000 * HOUR_MS, "Sari")

    def publish(self) -> None:
        name = self.chance.choice(["news", "guide"])
        scope = self.chance.choice([SITE, "nation"])
        body = self.chance.randbytes(self.chance.randrange(1, 90_000))
        self.central.downlink.publish_document(scope, name, body, "Sari")

    def converse(self, seconds: float) -> None:
        """Some time on a good line."""
        for _ in range(round(seconds / 0.1)):
            self.central_speaks()
            while self.wire:
                self.deliver()
            self.kiosk_speaks()
            self.pass_time(0.1)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def ends(tmp_path: Path, stack: ExitStack) -> Ends:
    return Ends(tmp_path, random.Random(0), stack)


def body_in_force(ends: Ends, name: str = "news") -> bytes | None:
    held = documents.current(ends.site, name)
    return None if held is None else held.body


def test_a_connected_kiosk_is_told_at_once_and_nothing_twice(ends: Ends) -> None:
    ends.converse(1)
    ends.order()
    ends.central.downlink.publish_document("nation", "news", b"one", "Sari")
    ends.converse(1)
    assert (ends.runs, body_in_force(ends)) == ([1], b"one")
    for _ in range(100):
        ends.central_speaks()
        assert ends.wire == []
        ends.pass_time(1)


def test_a_publication_first_noticed_through_one_kiosk_still_reaches_the_others(ends: Ends) -> None:
    ends.converse(1)
    ends.central.downlink.publish_document("nation", "news", b"one", "Sari")
    other = Hello((1, 1), ends.site.epoch, "0" * 16, {Lane.SERVICE: (0, 0)}, 0)
    ends.worker.greeted("31.74.05.1001-k2", other)
    ends.converse(1)
    assert body_in_force(ends) == b"one"


def test_what_was_lost_is_told_again_at_the_next_greeting(ends: Ends) -> None:
    ends.converse(1)
    ends.order()
    ends.central.downlink.publish_document("nation", "news", b"one", "Sari")
    ends.central_speaks()
    assert len(ends.wire) == 2
    ends.greet()
    ends.converse(1)
    assert (ends.runs, body_in_force(ends)) == ([1], b"one")


def test_what_a_broker_dropped_in_silence_is_told_again_by_a_slow_sweep(ends: Ends) -> None:
    ends.converse(1)
    ends.order()
    ends.central.downlink.publish_document("nation", "news", b"one", "Sari")
    ends.central_speaks()
    ends.wire.clear()
    ends.pass_time(ingest.SWEEP_EVERY_S)
    ends.converse(1)
    assert (ends.runs, body_in_force(ends)) == ([1], b"one")


def test_more_messages_than_are_told_at_once_all_arrive_in_order(ends: Ends) -> None:
    for _ in range(55):
        ends.order()
    ends.converse(2)
    assert ends.runs == list(range(1, 56))


def test_a_row_that_cannot_be_said_holds_nothing_up(ends: Ends) -> None:
    ends.order()
    with ends.central._database.write() as connection:
        connection.execute(f"UPDATE message SET body = x'5b5d' WHERE device = '{DEVICE}'")
    ends.order()
    ends.converse(1)
    assert ends.runs == [1]


def test_each_kiosk_gets_its_own_and_a_roll_back_needs_no_bytes(ends: Ends) -> None:
    one, two = ends.chance.randbytes(50_000), ends.chance.randbytes(50_000)
    ends.central.downlink.publish_document("nation", "news", one, "Sari")
    ends.converse(3)
    ends.central.downlink.publish_document(SITE, "news", two, "Sari")
    ends.central.downlink.publish_document("province:32", "news", b"elsewhere", "Sari")
    ends.converse(3)
    assert body_in_force(ends) == two
    ends.central.downlink.roll_back(SITE, "news", "Sari")
    ends.central_speaks()
    assert [len(data) < 500 for _, data in ends.wire] == [True]
    ends.converse(0.1)
    assert body_in_force(ends) == one
    assert ends.central.downlink.holdings(DEVICE)["news"].version == 1


def test_a_body_that_does_not_match_its_hash_is_thrown_away_and_reported(ends: Ends) -> None:
    ends.central.downlink.publish_document("nation", "news", b"good", "Sari")
    ends.converse(1)
    head = ends.central.downlink.publish_document("nation", "news", b"x" * 5_000, "Sari")
    with ends.central._database.write() as connection:
        connection.execute(f"UPDATE document SET body = zeroblob(5000) WHERE sha256 = '{head.sha256}'")
    ends.converse(30)
    assert body_in_force(ends) == b"good"
    refused = [event.kind for event in events(ends.site, Lane.SERVICE, 0, 100)].count("document.refused")
    assert refused == 1  # and it is not fetched for ever


def test_a_kiosk_gets_no_document_that_is_not_for_it(ends: Ends) -> None:
    head = ends.central.downlink.publish_document("site:32.73.01.1002", "news", b"x" * 100, "Sari")
    ends.converse(1)
    ends.worker.wanted(DEVICE, Want("news", head.sha256, 0, 1_024, 8))
    ends.central_speaks()
    assert ends.wire == []


@pytest.mark.parametrize("seed", range(4))
def test_over_any_wire_each_message_is_applied_once_and_each_document_is_the_desired_one(
    tmp_path: Path, stack: ExitStack, seed: int
) -> None:
    chance = random.Random(seed)
    ends = Ends(tmp_path, chance, stack)
    acts = {
        ends.central_speaks: 10,
        ends.deliver: 20,
        ends.kiosk_speaks: 10,
        ends.order: 2,
        ends.publish: 1,
        ends.greet: 1,
        ends.restart_agent: 1,
        ends.restart_worker: 1,
        ends.deliver_late: 5,
        ends.lose: 3,
        ends.double: 3,
        ends.wait: 10,
    }
    for act in chance.choices(list(acts), list(acts.values()), k=400):
        act()
    ends.greet()
    ends.converse(40)
    ordered = next(ends.ordered) - 1
    assert ends.runs == list(range(1, ordered + 1))
    results = sorted(ends.central.downlink.commands(DEVICE, 500), key=lambda each: each.number)
    assert [each.result for each in results] == [{"run": run} for run in range(1, ordered + 1)]
    assert ends.central.downlink.devices_waiting("") == []
    desired = ends.central.downlink.desired_for(DEVICE)
    assert documents.heads(ends.site) == desired
    for name, head in desired.items():
        held = documents.current(ends.site, name)
        assert held is not None
        assert held.body == ends.central.downlink.document_body(name, head.sha256)
        assert ends.central.downlink.holdings(DEVICE)[name].version == head.version
    assert not any(ends.central.faults().values())
