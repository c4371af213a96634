"""Strangers, liars and broken messages: kept with their reason, acknowledged never, and nobody else disturbed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
import zstandard
from nacl.signing import SigningKey

from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.event import START_HASH, Lane
from kiosk.core.ids import shard_of
from kiosk.store import alerts, outbox
from kiosk.store.answers import applied_number
from kiosk.store.journal import events, hash_after, record
from sync.central.store.models import Quarantine
from sync.wire.envelope import SENT_LIMIT_BYTES, seal
from sync.wire.messages import Ack, AlertAnswer, Batch, Hello, Presence, batch_of, encode
from sync.wire.topics import Down, Up, down, up
from tests.sync.site import Bench, eventually, running_broker
from tests.sync.test_conversation import require_everything_once, take
from tests.sync.wire_tap import Tap

THIEF = SigningKey(b"t" * 32)


def reasons(bench: Bench) -> list[str]:
    with bench.central._database.read() as connection:
        return [row["reason"] for row in connection.rows(Quarantine.select().order_by(Quarantine.number))]


def batch(bench: Bench, first: int, last: int, lane: Lane = Lane.SERVICE) -> Batch:
    return batch_of(hash_after(bench.site, lane, first - 1), events(bench.site, lane, first - 1, last - first + 1), 0)


def a_hello(bench: Bench, **changes: object) -> dict[str, object]:
    hello = Hello((1, 1), bench.site.epoch, "0" * 16, {Lane.SERVICE: (1, 1)}, 0)
    return {**msgspec.to_builtins(hello), **changes}


Sent = tuple[str, bytes]


def wrong_key(bench: Bench) -> Sent:
    topic = up(bench.settings.device, Up.BATCH)
    return topic, seal(THIEF, topic, encode(batch(bench, 1, 2)))


def moved_here_from_another_channel(bench: Bench) -> Sent:
    made_for = up(bench.settings.device, Up.HELLO)
    return up(bench.settings.device, Up.BATCH), seal(bench.device_key, made_for, encode(batch(bench, 1, 2)))


def unknown_device(bench: Bench) -> Sent:
    topic = up("99.99.99.9999-k9", Up.BATCH)
    return topic, seal(THIEF, topic, encode(batch(bench, 1, 2)))


def no_device_at_all(_bench: Bench) -> Sent:
    return f"kt/1/{shard_of('me'):02x}/me/up/batch", b"anything"


def wrong_shard(bench: Bench) -> Sent:
    topic = up(bench.settings.device, Up.BATCH)
    moved = topic.replace(f"/{shard_of(bench.settings.device):02x}/", f"/{shard_of('me'):02x}/")
    return moved, seal(bench.device_key, moved, encode(batch(bench, 1, 2)))


def signed(bench: Bench, message: object, channel: Up = Up.BATCH) -> Sent:
    topic = up(bench.settings.device, channel)
    payload = message if isinstance(message, bytes) else msgspec.json.encode(message)
    return topic, seal(bench.device_key, topic, payload)


def bomb(bench: Bench) -> Sent:
    topic = up(bench.settings.device, Up.BATCH)
    head, frame = b"KT\1\1", zstandard.ZstdCompressor().compress(bytes(50_000_000))
    return topic, head + bench.device_key.sign(topic.encode() + b"\0" + head + frame).signature + frame


def skipping(bench: Bench) -> dict[str, object]:
    """A batch whose second event is missing."""
    whole = msgspec.json.decode(encode(batch(bench, 1, 3)))
    return {**whole, "events": [whole["events"][0], whole["events"][2]]}


REFUSED: dict[str, tuple[Callable[[Bench], Sent], str]] = {
    "empty": (lambda bench: (up(bench.settings.device, Up.BATCH), b""), "sepanjang 0"),
    "rubbish": (lambda bench: (up(bench.settings.device, Up.ALARM), b"\0" * 500), "kepala pesan"),
    "wrong key": (wrong_key, "tanda tangan"),
    "moved": (moved_here_from_another_channel, "tanda tangan"),
    "unknown device": (unknown_device, "belum terdaftar"),
    "no device": (no_device_at_all, "topik"),
    "wrong shard": (wrong_shard, "topik"),
    "bomb": (bomb, "dipadatkan"),
    "no JSON": (lambda bench: signed(bench, b"{"), "Batch"),
    "nested": (lambda bench: signed(bench, b'{"x":' + b"[" * 90_000), "Batch"),
    "no batch": (lambda bench: signed(bench, {}), "epoch"),
    "gap": (lambda bench: signed(bench, skipping(bench)), "terputus"),
    "other lane": (lambda bench: signed(bench, batch(bench, 1, 2), Up.ALARM), "jalur"),
    "alarm in bulk": (lambda bench: signed(bench, batch(bench, 1, 1, Lane.ALARM)), "jalur"),
    "no hello": (lambda bench: signed(bench, b"[]", Up.HELLO), "Hello"),
    "too new": (lambda bench: signed(bench, a_hello(bench, versions=[2, 9]), Up.HELLO), "protokol"),
    "too old": (lambda bench: signed(bench, a_hello(bench, versions=[0, 0]), Up.HELLO), "protokol"),
    "no presence": (lambda bench: signed(bench, b'{"online":"yes"}', Up.PRESENCE), "Presence"),
}


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
            tap.publish(topic, bytes(SENT_LIMIT_BYTES + 1))
            eventually(lambda: any("sepanjang 262145" in reason for reason in reasons(bench)))
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


@pytest.mark.parametrize("why", ["wrong key", "another epoch", "an old nonce", "another device's", "rubbish"])
def test_a_false_acknowledgement_lets_no_event_go(bench: Bench, tap: Tap, why: str) -> None:
    device = bench.settings.device
    alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    topic = down(device, Down.ACK)
    with bench.agent():
        eventually(lambda: len(tap.on(up(device, Up.HELLO))) >= 2)
        ack = Ack(bench.site.epoch, {Lane.ALARM: 1, Lane.SERVICE: 9}, "")
        match why:
            case "wrong key":
                tap.say(THIEF, topic, ack)
            case "another epoch":
                tap.say(bench.central_key, topic, msgspec.structs.replace(ack, epoch="f" * 16))
            case "an old nonce":
                tap.say(bench.central_key, topic, msgspec.structs.replace(ack, nonce="0" * 16))
            case "another device's":
                other = down("31.74.05.1001-k2", Down.ACK)
                tap.publish(topic, seal(bench.central_key, other, encode(ack)))
            case _:
                tap.publish(topic, b"KT\1\0" + bytes(100))
        # The same connection reads in order: once it has taken a right one, it has judged the false one.
        tap.say(bench.central_key, down(device, Down.ALERT), AlertAnswer(1, alert.id, "x", AlertAction.CLOSE, "R", 1))
        eventually(lambda: applied_number(bench.site) == 1)
        assert bench.waiting() == outbox.backlogs(bench.site)[Lane.ALARM].last_seq
    assert alerts.find(bench.site, alert.id).evidence is Evidence.COMMITTED


def test_an_acknowledgement_covers_no_more_than_was_sent(bench: Bench, tap: Tap) -> None:
    device = bench.settings.device
    with bench.ingest(), bench.agent():
        take(bench.site, 1)
        eventually(lambda: bench.waiting() == 0)
    said = len(tap.on(up(device, Up.HELLO)))

    def nonces() -> set[str]:
        """One for each connection of the second agent, however often it has asked."""
        return {msgspec.json.decode(each[68:])["nonce"] for each in tap.on(up(device, Up.HELLO))[said:]}

    with bench.agent():
        eventually(lambda: len(nonces()) == 2)
        held = {lane: backlog.last_seq for lane, backlog in outbox.backlogs(bench.site).items()}
        for nonce in nonces():
            tap.say(bench.central_key, down(device, Down.ACK), Ack(bench.site.epoch, held, nonce))
        ack = Ack(bench.site.epoch, {Lane.ALARM: 5, Lane.SERVICE: 500})
        tap.say(bench.central_key, down(device, Down.ACK), ack)
        alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.CARRIED)
        assert outbox.backlogs(bench.site)[Lane.ALARM].acknowledged_seq == 0
    assert alerts.find(bench.site, alert.id).evidence is Evidence.CARRIED


def test_a_box_restored_from_an_older_copy_says_so_and_its_press_still_reaches_the_post(bench: Bench) -> None:
    with bench.site.write():
        for at in range(5):
            record(bench.site, Lane.ALARM, "box.fault", {"at": at})
            record(bench.site, Lane.SERVICE, "note", {"at": at})
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    with bench.site.write():  # yesterday's copy: it has forgotten the last three
        bench.site.run("DELETE FROM journal WHERE lane = 'alarm' AND seq > 2")
        bench.site.run(
            "UPDATE stream SET last_seq = 2, acknowledged_seq = 2, last_hash = ? WHERE lane = 'alarm'",
            hash_after(bench.site, Lane.ALARM, 2),
        )
        bench.site.run("DELETE FROM journal WHERE lane = 'service' AND seq > 2")
        bench.site.run(
            "UPDATE stream SET last_seq = 2, acknowledged_seq = 2, last_hash = ? WHERE lane = 'service'",
            hash_after(bench.site, Lane.SERVICE, 2),
        )
        record(bench.site, Lane.SERVICE, "note", {"at": "again"})
    alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.site.all("SELECT 1 FROM part WHERE detail LIKE '%salinan lama%'"))
        eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)
        assert [shown.id for shown in bench.central.open_alerts()] == [alert.id]
    assert outbox.backlogs(bench.site)[Lane.SERVICE].acknowledged_seq == 2


def test_no_false_answer_changes_an_alert(bench: Bench, tap: Tap) -> None:
    device, topic = bench.settings.device, down(bench.settings.device, Down.ALERT)
    with bench.ingest(), bench.agent():
        alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)
        right = AlertAnswer(1, alert.id, alert.nonce, AlertAction.ACKNOWLEDGE, "Penipu", 1)
        tap.say(THIEF, topic, right)
        tap.publish(topic, seal(bench.central_key, down("31.74.05.1001-k2", Down.ALERT), encode(right)))
        tap.say(bench.central_key, topic, msgspec.structs.replace(right, number=2))  # one before it is missing
        tap.say(bench.central_key, topic, b'{"number":1}')
        tap.publish(topic, b"rubbish")
        bench.central.answer_alert(alert.id, AlertAction.ACKNOWLEDGE, "Briptu Rina", {}, bench.central.now_ms())
        eventually(lambda: alerts.find(bench.site, alert.id).state is AlertState.ACKNOWLEDGED)
        # Signed by the central itself, and still no answer to this alert:
        last = applied_number(bench.site)
        tap.say(bench.central_key, topic, msgspec.structs.replace(right, number=last + 1, nonce="0" * 16))
        tap.say(bench.central_key, topic, msgspec.structs.replace(right, number=last + 2, alert="someone else's"))
        tap.say(bench.central_key, topic, msgspec.structs.replace(right, number=last + 3, action=AlertAction.HAND))
        eventually(lambda: applied_number(bench.site) == last + 3)
        heard = tap.on(topic)
        tap.publish(topic, heard[-1])
        tap.publish(topic, next(each for each in heard if b"Briptu Rina" in each))  # replayed
        eventually(lambda: bench.waiting() == 0)
        assert len(tap.on(up(device, Up.HELLO))) >= 2
    assert alerts.find(bench.site, alert.id).officer == "Briptu Rina"
    assert alerts.find(bench.site, alert.id).state is AlertState.ACKNOWLEDGED
    kinds = [event.kind for event in events(bench.site, Lane.ALARM, 0, 50)]
    assert kinds.count("answer.refused") == 3


def test_a_nonce_of_any_form_comes_back_and_an_answer_that_cannot_be_said_stops_no_other(bench: Bench) -> None:
    neighbour = bench.another_kiosk("k2")
    odd = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    with bench.site.write():
        bench.site.run("UPDATE alert SET nonce = 'Ω odd' WHERE id = ?", odd.id)
        bench.site.run("UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), ?, 'Ω odd') AS BLOB)", odd.nonce)
    unsayable = alerts.raise_alert(bench.site, AlertCode.FIRE, "button")
    sayable = alerts.raise_alert(neighbour.site, AlertCode.PANIC, "button")
    with bench.ingest(), bench.agent(), neighbour.agent():
        eventually(lambda: len(bench.central.open_alerts()) == 3)
        for alert, officer in ((odd, "Rina"), (unsayable, "R" * 200), (sayable, "Rina")):
            bench.central.answer_alert(alert.id, AlertAction.ACKNOWLEDGE, officer, {}, bench.central.now_ms())
        eventually(lambda: alerts.find(neighbour.site, sayable.id).officer == "Rina")
        eventually(lambda: alerts.find(bench.site, odd.id).officer == "Rina")
        assert alerts.find(bench.site, unsayable.id).officer is None


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
