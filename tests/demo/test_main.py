"""Starting a demo: who is in the way is named, and a folder serves one demo at a time."""

from __future__ import annotations

import fcntl
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo import run
from deploy.demo.addresses import Addresses, choose
from kiosk.core.errors import Conflict


@pytest.fixture
def signals() -> Iterator[None]:
    """The demo takes the signals of its process; here that is the test's."""
    held = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in held.items():
        signal.signal(number, handler)


def free_row() -> int:
    """The first of six free ports in a row."""
    for first in range(20_000, 30_000, 6):
        try:
            for port in range(first, first + 6):
                with socket.create_server(("127.0.0.1", port)):
                    pass
        except OSError:
            continue
        return first
    raise AssertionError("no six free ports in a row on this machine")


def test_every_port_has_one_part_in_a_row() -> None:
    assert list(Addresses(8080).ports().values()) == list(range(8080, 8087))


def test_a_taken_port_is_named_with_what_needs_it_and_what_to_do() -> None:
    first = free_row()
    with (
        socket.create_server(("127.0.0.1", first + 2)),
        pytest.raises(Conflict, match=rf"{first + 2} \(pusat\).*--port {first + 100}"),
    ):
        choose(first)


def test_a_port_out_of_range_is_refused() -> None:
    with pytest.raises(Conflict, match="65529, bukan 65531"):
        choose(65_531)


def test_a_taken_port_ends_the_demo_with_two(tmp_path: Path, signals: None, capsys: pytest.CaptureFixture[str]) -> None:
    first = free_row()
    with socket.create_server(("127.0.0.1", first)):
        assert run(tmp_path / "demo", first) == 2
    said = capsys.readouterr()
    assert "halaman depan" in said.err
    assert "READY" not in said.out
    assert not (tmp_path / "demo").exists(), "nothing was begun"


def test_a_folder_that_another_demo_uses_is_left_alone(
    tmp_path: Path, signals: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(tmp_path, free_row()) == 2
    words = capsys.readouterr().err.replace("│", " ").split()
    assert "dipakai demo lain" in " ".join(words)
    assert not (tmp_path / "site.toml").exists()
