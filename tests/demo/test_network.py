"""The simulated cable, against a plain echo server."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from deploy.demo.line import Mode, Silence, Speed
from deploy.demo.network import NetworkProxy
from tests.demo.waiting import wait_until

PATIENCE_S = 5.0


class Echo:
    """Sends back what it gets, and remembers how each connection ended."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.endings: list[str] = []
        self.accepted = 0
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            thread = threading.Thread(target=self._serve, args=(caller,))
            thread.start()
            self._threads.append(thread)

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            try:
                while data := caller.recv(65536):
                    caller.sendall(data)
                self.endings.append("closed")
            except ConnectionError:
                self.endings.append("reset")

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._acceptor.join(PATIENCE_S)
        for thread in self._threads:
            thread.join(PATIENCE_S)


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def network(echo: Echo) -> Iterator[NetworkProxy]:
    with NetworkProxy(echo.port) as proxy:
        yield proxy


def call(proxy: NetworkProxy, timeout_s: float = PATIENCE_S) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), timeout=timeout_s)


def receive(line: socket.socket, size_bytes: int) -> bytes:
    got = b""
    while len(got) < size_bytes:
        piece = line.recv(65536)
        if not piece:
            break
        got += piece
    return got


def nothing_arrives(line: socket.socket, within_s: float = 0.3) -> bool:
    line.settimeout(within_s)
    try:
        return line.recv(1) is None
    except TimeoutError:
        return True
    finally:
        line.settimeout(PATIENCE_S)


def test_an_undisturbed_line_hands_on_every_byte_both_ways_and_counts_them(network: NetworkProxy) -> None:
    sent = bytes(range(256)) * 4096
    with call(network) as line:
        writer = threading.Thread(target=line.sendall, args=(sent,))
        writer.start()
        assert receive(line, len(sent)) == sent
        writer.join(PATIENCE_S)
    wait_until(lambda: network.traffic.down_bytes == len(sent))
    assert network.traffic.up_bytes == len(sent)
    assert network.traffic.swallowed_bytes == 0


def test_what_was_sent_before_a_close_still_arrives_and_then_the_end_is_seen(network: NetworkProxy, echo: Echo) -> None:
    with call(network) as line:
        line.sendall(b"last words")
        line.shutdown(socket.SHUT_WR)
        assert receive(line, 1000) == b"last words"
    wait_until(lambda: network.traffic.open_connections == 0)
    assert echo.endings == ["closed"]


def test_a_pulled_cable_resets_open_connections_on_both_sides_and_refuses_new_ones(
    network: NetworkProxy, echo: Echo
) -> None:
    with call(network) as line:
        line.sendall(b"ping")
        assert receive(line, 4) == b"ping"
        network.set_mode(Mode.DOWN)
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    wait_until(lambda: echo.endings == ["reset"])
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            call(network)


def test_after_the_cable_is_plugged_in_again_the_same_port_answers(network: NetworkProxy) -> None:
    port = network.port
    for _ in range(5):
        network.set_mode(Mode.DOWN)
        network.set_mode(Mode.UP)
        with call(network) as line:
            line.sendall(b"again")
            assert receive(line, 5) == b"again"
    assert network.port == port


def test_a_network_that_starts_pulled_refuses_and_can_be_plugged_in(echo: Echo) -> None:
    with NetworkProxy(echo.port, mode=Mode.DOWN) as proxy:
        with pytest.raises(ConnectionRefusedError):
            call(proxy)
        proxy.set_mode(Mode.UP)
        with call(proxy) as line:
            line.sendall(b"x")
            assert receive(line, 1) == b"x"


def test_a_black_hole_accepts_new_callers_and_answers_nothing(network: NetworkProxy, echo: Echo) -> None:
    network.set_mode(Mode.BLACKHOLE)
    with call(network) as line:
        line.sendall(b"anybody there")
        assert nothing_arrives(line)
        wait_until(lambda: network.traffic.swallowed_bytes == 13)
    assert echo.accepted == 0


def test_a_black_hole_tells_nobody_that_the_other_side_closed(network: NetworkProxy, echo: Echo) -> None:
    with call(network) as line:
        line.sendall(b"ping")
        assert receive(line, 4) == b"ping"
        network.set_mode(Mode.BLACKHOLE)
        line.sendall(b"lost")
        wait_until(lambda: network.traffic.swallowed_bytes == 4)
    network.set_mode(Mode.UP)
    with call(network) as other:
        other.sendall(b"pong")
        assert receive(other, 4) == b"pong"
    wait_until(lambda: echo.endings == ["closed"])
    assert echo.accepted == 2, "the first connection was never told, and the second is the one that closed"


def test_a_connection_that_lived_through_a_black_hole_stays_silent_but_a_new_one_gets_through(
    network: NetworkProxy,
) -> None:
    with call(network) as line:
        line.sendall(b"ping")
        assert receive(line, 4) == b"ping"
        network.set_mode(Mode.BLACKHOLE)
        network.set_mode(Mode.UP)
        line.sendall(b"late")
        assert nothing_arrives(line)
        with call(network) as fresh:
            fresh.sendall(b"new")
            assert receive(fresh, 3) == b"new"


def test_a_line_that_holds_bytes_back_delivers_them_late_and_whole(echo: Echo) -> None:
    with NetworkProxy(echo.port, silence=Silence.HOLDS) as proxy, call(proxy) as line:
        line.sendall(b"early ")
        assert receive(line, 6) == b"early "
        proxy.set_mode(Mode.BLACKHOLE)
        line.sendall(b"late")
        assert nothing_arrives(line)
        with call(proxy) as other:
            other.sendall(b"new")
            assert nothing_arrives(other)
            proxy.set_mode(Mode.UP)
            assert receive(line, 4) == b"late"
            assert receive(other, 3) == b"new"
        assert proxy.traffic.swallowed_bytes == 0


def test_a_slow_line_takes_its_round_trip_and_its_rate(echo: Echo) -> None:
    # 4,000 bytes at 80 kbit/s need 0.4 s each way, but the ways overlap; the round trip comes on top.
    slow = Speed(bits_per_s=80_000, round_trip_s=0.2)
    with NetworkProxy(echo.port, mode=Mode.SLOW, slow=slow) as proxy, call(proxy) as line:
        began_at = time.monotonic()
        line.sendall(b"s" * 4000)
        assert receive(line, 4000) == b"s" * 4000
        took_s = time.monotonic() - began_at
    assert 0.6 <= took_s < 2.0


def test_on_a_slow_line_a_small_message_does_not_wait_behind_another_connections_backlog(echo: Echo) -> None:
    # 40,000 bytes of backlog alone would take 4 s.
    slow = Speed(bits_per_s=80_000, round_trip_s=0.02)
    with NetworkProxy(echo.port, mode=Mode.SLOW, slow=slow) as proxy, call(proxy) as backlog, call(proxy) as alarm:
        backlog.sendall(b"b" * 40_000)
        wait_until(lambda: proxy.traffic.up_bytes > 2_000)
        began_at = time.monotonic()
        alarm.sendall(b"ALARM")
        assert receive(alarm, 5) == b"ALARM"
        assert time.monotonic() - began_at < 1.0


def test_a_caller_is_reset_when_the_place_it_calls_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    # the reset may come as soon as the connection stands, or with the first read
    with NetworkProxy(port) as proxy, pytest.raises(ConnectionResetError), call(proxy) as line:
        line.recv(1)


def test_a_taken_port_is_an_error_at_once(echo: Echo) -> None:
    with pytest.raises(OSError, match="in use"):
        NetworkProxy(echo.port, echo.port).start()


def test_stopping_ends_every_connection_and_thread(echo: Echo) -> None:
    proxy = NetworkProxy(echo.port).start()
    lines = [call(proxy) for _ in range(5)]
    for line in lines:
        line.sendall(b"x")
        assert receive(line, 1) == b"x"
    proxy.stop()
    for line in lines:
        with pytest.raises(ConnectionResetError):
            line.recv(1)
        line.close()
    assert "demo-network" not in [thread.name for thread in threading.enumerate()]


def test_a_caller_who_is_just_being_accepted_when_the_network_stops_is_let_go_too(echo: Echo) -> None:
    """Else its socket would be open as long as this process lives; the warning of that fails the test."""
    for _ in range(20):
        proxy = NetworkProxy(echo.port).start()
        lines = [call(proxy) for _ in range(20)]
        proxy.stop()
        for line in lines:
            with suppress(ConnectionResetError):
                assert line.recv(1) == b""
            line.close()
    gc.collect()
