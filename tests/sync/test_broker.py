"""What paho leaves out and our connection does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from sync.broker import Arrived, Carried, Connected, Connection, Happening, Lost, Will
from tests.ports import free_port
from tests.sync.site import Bench, eventually, running_broker
from tests.sync.test_conversation import require_everything_once, take
from tests.sync.wire_tap import Tap


def until(connection: Connection, true: Callable[[list[Happening]], object]) -> list[Happening]:
    happened, deadline = list[Happening](), time.monotonic() + 10
    while not true(happened):
        assert time.monotonic() < deadline, happened
        happened += connection.step(0.02)
    return happened


def of(kind: type[Happening]) -> Callable[[list[Happening]], bool]:
    return lambda happened: any(isinstance(each, kind) for each in happened)


def test_nobody_there_is_an_error_at_once() -> None:
    with pytest.raises(OSError, match="refused"):
        Connection("x").connect("127.0.0.1", free_port())


def test_what_is_published_is_carried_and_arrives_as_it_was(tmp_path: Path) -> None:
    with running_broker(tmp_path) as port:
        connection = Connection("x")
        connection.connect("127.0.0.1", port)
        until(connection, of(Connected))
        connection.subscribe(["a/+"])
        until(connection, lambda _: _subscribed(connection))
        number = connection.publish("a/b", bytes(range(256)))
        wanted = (Carried(number, True, "Success"), Arrived("a/b", bytes(range(256))))
        until(connection, lambda seen: all(each in seen for each in wanted))
        connection.close()


def _subscribed(connection: Connection) -> bool:
    connection.publish("a/probe", b"")
    return bool(connection.step(0.02))


def test_no_packet_waits_for_another_ones_acknowledgement(tmp_path: Path) -> None:
    with running_broker(tmp_path) as port:
        connection = Connection("x")
        connection.connect("127.0.0.1", port)
        held = connection._client.socket()
        assert isinstance(held, socket.socket)
        assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        connection.close()


def test_a_broker_that_dies_is_noticed_and_nothing_more_is_handed_over(tmp_path: Path) -> None:
    connection = Connection("x")
    with running_broker(tmp_path) as port:
        connection.connect("127.0.0.1", port)
        until(connection, of(Connected))
    until(connection, of(Lost))
    with pytest.raises(OSError, match="koneksi"):
        connection.publish("a/b", b"never left")
    connection.abandon()


def test_a_refused_subscription_ends_the_connection() -> None:
    connection = Connection("x")
    refused = ReasonCode(PacketTypes.SUBACK, "Not authorized")
    connection._subscribed(connection._client, None, 1, [refused], None)
    assert connection.step(0) == [Lost("langganan ditolak broker: Not authorized")]


def test_a_publish_that_the_broker_denies_is_not_carried(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic read open/#\n")
    with running_broker(tmp_path, acl_file=tmp_path / "acl") as port:
        connection = Connection("x")
        connection.connect("127.0.0.1", port)
        until(connection, of(Connected))
        number = connection.publish("closed/topic", b"x")
        (carried,) = [each for each in until(connection, of(Carried)) if isinstance(each, Carried)]
        assert (carried.message, carried.accepted, carried.reason) == (number, False, "Not authorized")
        connection.close()


def test_the_last_will_is_said_after_a_death_and_not_after_a_goodbye(tmp_path: Path) -> None:
    with running_broker(tmp_path) as port, Tap(port, "wills/#") as tap:
        for end, said in ((Connection.close, []), (Connection.abandon, [b"dead"])):
            speaker = Connection("speaker", Will("wills/speaker", b"dead"))
            speaker.connect("127.0.0.1", port)
            until(speaker, of(Connected))
            end(speaker)
            again = Connection("speaker")  # once the broker greets the same name again, it is done with the first
            again.connect("127.0.0.1", port)
            until(again, of(Connected))
            again.close()
            tap.publish("wills/done", b"")
            eventually(lambda: tap.on("wills/done"))
            assert tap.on("wills/speaker") == said


def test_a_broker_that_takes_two_at_a_time_gets_two_at_a_time(tmp_path: Path) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker", max_inflight_messages=2))
        bench = Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)
        stack.enter_context(bench.ingest())
        connection = Connection("x")
        connection.connect("127.0.0.1", port)
        until(connection, of(Connected))
        assert connection._client.max_inflight_messages == 2  # Mosquitto says so and forgives more; others don't
        numbers = [connection.publish("a", b"x" * 1000) for _ in range(50)]
        happened = until(connection, lambda seen: len([1 for each in seen if isinstance(each, Carried)]) == 50)
        connection.close()
        assert [each.message for each in happened if isinstance(each, Carried)] == numbers
        take(bench.site, 500)
        with bench.agent():
            eventually(lambda: bench.waiting() == 0)
        require_everything_once(bench)
