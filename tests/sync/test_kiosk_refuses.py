"""What says that it comes from the central and does not, or says more than is true: it changes nothing at a kiosk."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.event import Lane
from kiosk.store import alerts, outbox
from kiosk.store.answers import applied_number
from kiosk.store.journal import events, hash_after, record
from sync.wire.envelope import seal
from sync.wire.messages import Ack, AlertAnswer, encode
from sync.wire.topics import Down, Up, down, up
from tests.sync.liars import THIEF
from tests.sync.site import Bench, eventually
from tests.sync.test_conversation import take
from tests.sync.wire_tap import Tap


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
