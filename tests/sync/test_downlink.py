"""The downlink over a real broker: told once, fetched once, whatever happens to line, agent and clock."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from nacl.signing import SigningKey

from deploy.demo.line import Mode, Speed
from deploy.demo.network import NetworkProxy
from kiosk.core.alert import AlertCode, Evidence
from kiosk.core.clock import Moment, SystemClock
from kiosk.core.event import Lane
from kiosk.core.request import RequestState
from kiosk.store import alerts, database, documents
from kiosk.store.document_arrival import coming
from kiosk.store.downlink import message_number
from kiosk.store.journal import events, record
from sync.central.store.orders import CommandView
from sync.wire.downlink import Command, Message
from sync.wire.envelope import unseal
from sync.wire.messages import Batch, decode
from sync.wire.topics import Down, Up, down, up
from tests.sync.site import Bench, eventually
from tests.sync.test_conversation import require_everything_once, take
from tests.sync.wire_tap import Tap

REQUEST = "0199-request"
HOUR_MS = 3_600_000
TWO_WEEKS_MS = 14 * 24 * HOUR_MS
NEWS = random.Random(1).randbytes(300_000)
BROADBAND = Speed(bits_per_s=2_000_000, round_trip_s=0.02)
OVERHEAD = 1.10  # of MQTT, envelope and acknowledgements over a document's own bytes


def submit_request(bench: Bench) -> None:
    store = bench.site
    with store.write():
        columns = "id, service, state, track_hash, submitted_ms"
        store.run(f"INSERT INTO request ({columns}) VALUES (?, 'domisili', 'submitted', '', 1)", REQUEST)
        record(store, Lane.SERVICE, "request.submitted", {"id": REQUEST, "service": "domisili"})


def order(bench: Bench, name: str = "report", expires_in_ms: int = HOUR_MS, **arguments: object) -> str:
    expires_ms = bench.central.now_ms() + expires_in_ms
    return bench.central.downlink.send_command(bench.settings.device, name, arguments, expires_ms, "Sari")


def result_of(bench: Bench, command: str) -> CommandView:
    eventually(lambda: bench.central.downlink.command(command).ok is not None, within_s=30)
    return bench.central.downlink.command(command)


def journalled(bench: Bench, kind: str) -> int:
    return [event.kind for event in events(bench.site, Lane.SERVICE, 0, 1_000)].count(kind)


def held_bytes(bench: Bench) -> int:
    return sum(each.held_bytes for each in coming(bench.site))


def body_in_force(bench: Bench, name: str = "news") -> bytes | None:
    held = documents.current(bench.site, name)
    return None if held is None else held.body


def publish(bench: Bench, body: bytes, scope: str = "nation", name: str = "news") -> None:
    bench.central.downlink.publish_document(scope, name, body, "Sari")


@contextmanager
def broadband(bench: Bench) -> Iterator[NetworkProxy]:
    """A line on which 300 KB take more than a second, so that there is a middle."""
    with NetworkProxy(bench.broker_port, slow=BROADBAND, mode=Mode.SLOW) as proxy:
        bench.through(proxy.port)
        yield proxy


def plug(bench: Bench, carrier: bool) -> None:
    (bench.carrier / "eth0" / "carrier").write_text(f"{int(carrier)}\n")


def test_a_request_moves_at_its_kiosk_and_a_command_comes_back_with_one_result(either_bench: Bench) -> None:
    bench = either_bench
    submit_request(bench)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
        bench.central.downlink.update_request(REQUEST, RequestState.CHECKING, "", "Sari")
        bench.central.downlink.update_request(REQUEST, RequestState.INCOMPLETE, "KK belum ada", "Sari")
        found = result_of(bench, order(bench))
        assert found.ok
        assert found.result["documents"] == {}
        eventually(lambda: not bench.central.downlink.devices_waiting(""))
        eventually(lambda: bench.waiting() == 0)
    assert bench.site.one("SELECT state, note FROM request") == ("incomplete", "KK belum ada")
    kinds = [event.kind for event in bench.central.events(limit=100)]
    assert (kinds.count("request.changed"), kinds.count("command.result")) == (2, 1)
    require_everything_once(bench)


def test_what_waited_for_an_offline_kiosk_is_told_when_it_comes_and_only_once(bench: Bench) -> None:
    sent = [order(bench) for _ in range(30)]
    with bench.ingest():
        for _ in range(3):
            with bench.agent():
                for command in sent:
                    assert result_of(bench, command).ok
        with bench.agent():
            assert result_of(bench, order(bench)).ok
            eventually(lambda: bench.waiting() == 0)
    assert journalled(bench, "command.result") == 31
    require_everything_once(bench)


def test_a_replayed_message_does_nothing_and_a_forged_one_is_ignored(bench: Bench, tap: Tap) -> None:
    submit_request(bench)
    channel, commands = (down(bench.settings.device, each) for each in (Down.MESSAGE, Down.COMMAND))
    forged = Message(5, 0, "request.update", msgspec.Raw(b'{"request":"%s","state":"cancelled"}' % REQUEST.encode()))
    with bench.ingest(), bench.agent():
        assert result_of(bench, order(bench)).ok
        tap.say(SigningKey.generate(), channel, forged)
        tap.say(bench.device_key, channel, forged)
        tap.publish(channel, b"KT\x01\x00" + bytes(80))
        replayed = tap.on(commands)[0]
        for _ in range(5):
            tap.publish(commands, replayed)
        tap.publish(channel, replayed)  # signed for another channel
        eventually(lambda: bench.waiting() == 0)  # the central knows of the request
        bench.central.downlink.update_request(REQUEST, RequestState.CHECKING, "", "Sari")
        eventually(lambda: bench.site.one("SELECT state FROM request") == ("checking",))
        eventually(lambda: bench.waiting() == 0)
    assert (journalled(bench, "command.result"), journalled(bench, "message.refused")) == (1, 0)


def test_one_that_comes_too_early_waits_for_the_one_before_it(bench: Bench, tap: Tap) -> None:
    channel = down(bench.settings.device, Down.COMMAND)
    with bench.ingest(), bench.agent():
        assert result_of(bench, order(bench)).ok
        number = message_number(bench.site)
        early = Command(number + 10, number + 5, "early", "report", msgspec.Raw(b"{}"), 2**53)
        tap.say(bench.central_key, channel, early)
        first = order(bench)
        assert result_of(bench, first).ok
        assert journalled(bench, "command.result") == 2
        tap.say(bench.central_key, channel, msgspec.structs.replace(early, number=2**50, after=0))
        eventually(lambda: journalled(bench, "command.result") == 3)


@pytest.mark.parametrize("shift_ms", [-(10**15), -TWO_WEEKS_MS, TWO_WEEKS_MS], ids=["1970", "behind", "ahead"])
def test_a_wrong_clock_at_the_kiosk_neither_runs_an_expired_command_nor_refuses_a_good_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, shift_ms: int
) -> None:
    class WrongClock(SystemClock):
        def now(self) -> Moment:
            right = super().now()
            return msgspec.structs.replace(right, wall_ms=max(0, right.wall_ms + shift_ms), synchronised=False)

    monkeypatch.setattr(database, "SystemClock", WrongClock)
    late, good = order(bench, expires_in_ms=200), order(bench)
    eventually(lambda: bench.central.now_ms() > bench.central.downlink.command(late).expires_ms)
    with bench.ingest(), bench.agent():
        assert result_of(bench, good).ok
        refused = result_of(bench, late)
    assert not refused.ok
    assert "kedaluwarsa" in refused.why


def test_a_command_that_killed_the_agent_is_reported_interrupted_and_not_run_again(bench: Bench) -> None:
    with bench.ingest():
        killing, after = order(bench, "die"), order(bench)
        with bench.agent_process("tests.sync.dying_command") as agent:
            assert agent.wait(30) == -9
        with bench.agent_process("tests.sync.dying_command"):
            assert result_of(bench, after).ok
            found = result_of(bench, killing)
    assert (found.ok, found.why) == (False, "interrupted")
    assert journalled(bench, "command.result") == 2


def test_a_document_cut_in_the_middle_goes_on_where_it_stopped(bench: Bench) -> None:
    publish(bench, NEWS)
    with broadband(bench) as proxy, bench.ingest(), bench.agent():
        eventually(lambda: held_bytes(bench) > 80_000, within_s=30)
        plug(bench, False)
        proxy.set_mode(Mode.DOWN)
        held, before = held_bytes(bench), proxy.traffic.down_bytes
        assert body_in_force(bench) is None
        proxy.set_mode(Mode.SLOW)
        plug(bench, True)
        eventually(lambda: body_in_force(bench) == NEWS, within_s=30)
        assert 80_000 < held < len(NEWS)
        assert proxy.traffic.down_bytes - before < (len(NEWS) - held) * OVERHEAD + 4_096
        eventually(lambda: len(bench.central.downlink.holdings(bench.settings.device)) == 1)


def test_a_document_goes_on_where_it_stopped_when_the_agent_was_killed(bench: Bench) -> None:
    publish(bench, NEWS)
    with broadband(bench) as proxy, bench.ingest():
        with bench.agent_process():
            eventually(lambda: held_bytes(bench) > 80_000, within_s=30)
        held, before = held_bytes(bench), proxy.traffic.down_bytes
        with bench.agent_process():
            eventually(lambda: body_in_force(bench) == NEWS, within_s=30)
        assert 80_000 < held < len(NEWS)
        assert proxy.traffic.down_bytes - before < (len(NEWS) - held) * OVERHEAD + 4_096
    assert journalled(bench, "document.applied") == 1


def test_each_kiosk_holds_what_its_own_scope_says_and_a_roll_back_sends_no_bytes(bench: Bench, tap: Tap) -> None:
    other = bench.another_kiosk("k2")
    own = f"device:{bench.settings.device}"
    with bench.ingest(), bench.agent(), other.agent():
        publish(bench, b"for all")
        eventually(lambda: body_in_force(bench) == b"for all")
        publish(bench, NEWS, own)
        eventually(lambda: body_in_force(bench) == NEWS, within_s=30)
        eventually(lambda: "news" in documents.heads(other.site))
        held = documents.current(other.site, "news")
        assert held is not None
        assert held.body == b"for all"
        channel = down(bench.settings.device, Down.DOCUMENT)
        before = sum(map(len, tap.on(channel)))
        assert bench.central.downlink.roll_back(own, "news", "Sari") is None
        eventually(lambda: body_in_force(bench) == b"for all")
        assert sum(map(len, tap.on(channel))) - before < 1_000


def test_an_alarm_is_not_delayed_by_a_document_on_the_slowest_line(bench: Bench) -> None:
    with NetworkProxy(bench.broker_port, mode=Mode.SLOW) as proxy, bench.ingest():
        bench.through(proxy.port)
        with bench.agent():
            publish(bench, NEWS)
            eventually(lambda: held_bytes(bench) > 2_000, within_s=30)
            raised = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
            eventually(lambda: alerts.find(bench.site, raised.id).evidence >= Evidence.RECEIVED, within_s=4)


def test_to_resend_sends_again_from_that_event_on(bench: Bench, tap: Tap) -> None:
    take(bench.site, 5)
    batches = up(bench.settings.device, Up.BATCH)
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
        before = len(tap.on(batches))
        assert result_of(bench, order(bench, "resend", lane="service", from_seq=3)).ok
        eventually(lambda: bench.waiting() == 0)
    key = bytes(bench.device_key.verify_key)
    again = [decode(unseal(key, batches, data), Batch).events[0].seq for data in tap.on(batches)[before:]]
    assert 3 in again
    require_everything_once(bench)


def test_a_body_swapped_at_the_central_never_comes_in_force(bench: Bench) -> None:
    publish(bench, b"good")
    with bench.ingest(), bench.agent():
        eventually(lambda: body_in_force(bench) == b"good")
    publish(bench, os.urandom(3_000))
    with bench.central._database.write() as connection:
        connection.execute("UPDATE document SET body = zeroblob(3000) WHERE version = 2")
    with bench.ingest(), bench.agent():
        eventually(lambda: journalled(bench, "document.refused") == 1)
    assert body_in_force(bench) == b"good"
