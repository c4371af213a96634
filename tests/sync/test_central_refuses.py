"""Strangers, liars and broken messages: kept with their reason, acknowledged never, and nobody else disturbed."""

from __future__ import annotations

import msgspec

from kiosk.core.alert import AlertCode
from kiosk.core.event import START_HASH, Lane
from kiosk.store import alerts
from kiosk.store.journal import events, hash_after
from sync.central.store.models import Quarantine
from sync.wire.envelope import SENT_LIMIT_BYTES
from sync.wire.messages import Batch, Presence, batch_of, encode
from sync.wire.topics import Down, Up, down, up
from tests.sync.liars import REFUSED, a_hello, too_large
from tests.sync.site import Bench, eventually, running_broker
from tests.sync.test_conversation import require_everything_once, take
from tests.sync.wire_tap import Tap


def reasons(bench: Bench) -> list[str]:
    with bench.central._database.read() as connection:
        return [row["reason"] for row in connection.rows(Quarantine.select().order_by(Quarantine.number))]


def batch(bench: Bench, first: int, last: int, lane: Lane = Lane.SERVICE) -> Batch:
    return batch_of(hash_after(bench.site, lane, first - 1), events(bench.site, lane, first - 1, last - first + 1), 0)


def test_whatever_cannot_be_taken_is_kept_with_its_reason_and_disturbs_nobody(bench: Bench, tap: Tap) -> None:
    take(bench.site, 3)
    alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    neighbour = bench.another_kiosk("k2")
    with bench.ingest():
        with neighbour.agent():
            take(neighbour.site, 1)
            eventually(lambda: neighbour.waiting() == 0)
            for make, _ in REFUSED.values():
                topic, data = make(bench)
                tap.publish(topic, data)
                tap.publish(topic, data)  # sent again, as an agent would: kept once
            take(neighbour.site, 1)
            eventually(lambda: len(reasons(bench)) >= len(REFUSED))
            eventually(lambda: neighbour.waiting() == 0)
        assert tap.on(down(bench.settings.device, Down.ACK)) == []
        kept = reasons(bench)
        for name, (_, words) in REFUSED.items():
            assert any(words in reason for reason in kept), name
        assert len(kept) == len(REFUSED)
        with bench.agent():
            eventually(lambda: bench.waiting() == 0)
    assert bench.central.faults()["security_events"] == 0


def test_a_message_over_the_limit_does_not_pass(bench: Bench) -> None:
    topic = up(bench.settings.device, Up.BATCH)
    with running_broker(bench.folder / "wide", max_packet_size=2_000_000) as port, Tap(port) as tap:
        bench.broker_port = port
        with bench.ingest():
            eventually(lambda: _hears(bench, tap))
            tap.publish(*too_large(bench))
            eventually(lambda: any(f"sepanjang {SENT_LIMIT_BYTES + 1}" in reason for reason in reasons(bench)))
            tap.publish(topic, bytes(1_000_000))  # over what ingest lets the broker deliver: it never comes
            tap.publish(topic, b"after it")
            eventually(lambda: any("sepanjang 8" in reason for reason in reasons(bench)))


def _hears(bench: Bench, tap: Tap) -> bool:
    """Whether the ingest worker has subscribed."""
    tap.publish(up(bench.settings.device, Up.BATCH), b"anybody?")
    return bool(reasons(bench))


def test_the_same_batch_twice_and_batches_in_any_order_are_taken_once(either_bench: Bench) -> None:
    bench = either_bench
    take(bench.site, 59)
    topic = up(bench.settings.device, Up.BATCH)
    with bench.ingest(), Tap(bench.broker_port) as tap:
        eventually(lambda: _answered(bench, tap))
        for first in (41, 1, 41, 51, 21, 21, 31, 1, 11, 51):
            tap.say(bench.device_key, topic, encode(batch(bench, first, min(first + 9, 60))))
        eventually(lambda: len(bench.central.events(limit=100)) == 60)
        cursor = bench.central.cursors(bench.settings.device, bench.site.epoch)[Lane.SERVICE]
        assert cursor.committed_through == 60
        assert cursor.head_hash == hash_after(bench.site, Lane.SERVICE, 60)
    assert len(bench.central.tickets(limit=100)) == 59
    require_everything_once(bench)


def _answered(bench: Bench, tap: Tap) -> bool:
    """Whether ingest answers a hello: then it has subscribed."""
    tap.say(bench.device_key, up(bench.settings.device, Up.HELLO), a_hello(bench))
    return bool(tap.on(down(bench.settings.device, Down.ACK)))


def test_a_replayed_hello_is_answered_with_its_old_nonce_and_moves_no_cursor_of_the_kiosk(
    bench: Bench, tap: Tap
) -> None:
    take(bench.site, 5)
    device = bench.settings.device
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
        eventually(lambda: tap.on(up(device, Up.HELLO)))
        hellos = tap.on(up(device, Up.HELLO))
        before = len(tap.on(down(device, Down.ACK)))
        tap.publish(up(device, Up.HELLO), hellos[0])
        eventually(lambda: len(tap.on(down(device, Down.ACK))) > before)
        take(bench.site, 5)
        eventually(lambda: bench.waiting() == 0)
    require_everything_once(bench)


def test_a_late_will_of_an_older_connection_takes_nobody_offline(bench: Bench, tap: Tap) -> None:
    device, topic = bench.settings.device, up(bench.settings.device, Up.PRESENCE)

    def presence() -> str | None:
        return bench.central.devices()[0].presence

    with bench.ingest():
        eventually(lambda: _answered(bench, tap))
        told = (
            (True, "boot-1", 1, "online"),
            (True, "boot-1", 2, "online"),
            (False, "boot-1", 1, "online"),
            (False, "boot-0", 2, "online"),
            (False, "boot-1", 2, "offline"),
            (True, "boot-2", 1, "online"),
            (False, "boot-1", 2, "online"),
        )
        for at, (online, boot, connection, then) in enumerate(told, start=1):
            tap.say(bench.device_key, topic, Presence(online, boot, connection))
            nonce = f"{at:016x}"  # once this is answered, what came before it has been taken
            tap.say(bench.device_key, up(device, Up.HELLO), a_hello(bench, nonce=nonce))
            eventually(lambda: any(nonce.encode() in each for each in tap.on(down(device, Down.ACK))))  # noqa: B023
            assert presence() == then, (online, boot, connection)


def test_a_stranger_never_alters_a_chain(bench: Bench) -> None:
    take(bench.site, 2)
    topic = up(bench.settings.device, Up.BATCH)
    with bench.ingest(), Tap(bench.broker_port) as tap:
        eventually(lambda: _answered(bench, tap))
        tap.say(bench.device_key, topic, encode(batch(bench, 1, 3)))
        eventually(lambda: len(bench.central.events()) == 3)
        altered = msgspec.json.decode(encode(batch(bench, 2, 3)))
        altered["events"][0][6]["number"] = "A-999"
        tap.say(bench.device_key, topic, altered)  # as somebody with a copy of the card could
        eventually(lambda: bench.central.faults()["security_events"] == 2)
        assert hash_after(bench.site, Lane.SERVICE, 0) == START_HASH
    assert sorted(ticket.number for ticket in bench.central.tickets()) == ["A-001", "A-002"]
