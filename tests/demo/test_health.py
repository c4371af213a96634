"""Asking servers how they are, and waiting for the one that was just killed."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.demo.health import Answer, Health, ask
from tests.demo.waiting import wait_until


class Server(http.server.ThreadingHTTPServer):
    """Answers every question with what was last set."""

    status = 200
    body = b'{"parts": {"bridge": {"ok": true, "age_s": 0.4}}}'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/healthz"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_port_that_sends_our_own_question_back_is_not_well() -> None:
    """What Linux does with a connection to a free port that happens to leave from that very port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def echo() -> None:
            held, _ = listening.accept()
            with held:
                held.sendall(held.recv(4096))

        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(echo)
            assert ask(f"http://127.0.0.1:{listening.getsockname()[1]}/healthz") == Answer(ok=False)
            done.result(10)


def test_parts_are_told_with_their_age(server: Server) -> None:
    answer = ask(server.url)
    assert answer.ok
    assert answer.parts["bridge"].age_s == 0.4


def test_an_unwell_server_still_tells_which_part_it_is(server: Server) -> None:
    server.status, server.body = 503, b'{"parts": {"bridge": {"ok": false}, "store": {"ok": true}}}'
    answer = ask(server.url)
    assert not answer.ok
    assert not answer.parts["bridge"].ok
    assert answer.parts["store"].ok


def test_nonsense_and_silence_are_not_well(server: Server) -> None:
    server.body = b"<html>"
    assert ask(server.url) == Answer(ok=False)
    assert ask("http://127.0.0.1:1/healthz") == Answer(ok=False)


def test_the_last_answer_is_kept_and_follows_the_server(server: Server) -> None:
    server.status = 503
    with Health({"kiosk": lambda: ask(server.url)}) as health:
        wait_until(lambda: "bridge" in health.answers()["kiosk"].parts)
        assert not health.answers()["kiosk"].ok
        server.status = 200
        wait_until(lambda: health.answers()["kiosk"].ok)


def test_whoever_killed_a_server_waits_for_its_next_life(server: Server) -> None:
    answers = iter([Answer(ok=False), Answer(ok=False), Answer(ok=True)])
    health = Health({"kiosk": lambda: next(answers)})
    assert health.wait_until_well("kiosk", timeout_s=10.0)
    assert health.answers()["kiosk"].ok
    assert not Health({"kiosk": lambda: Answer(ok=False)}).wait_until_well("kiosk", timeout_s=0.0)
