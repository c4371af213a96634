"""Keys in files, and what the kernel says of cables."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kiosk.core.errors import StoreError
from sync.carrier import attached
from sync.keys import load, load_or_create, public_hex


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "device.key"
    made = load_or_create(path)
    assert load_or_create(path) == load(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["device.key"]
    assert len(public_hex(made)) == 64


def test_two_who_make_the_key_at_once_get_the_same(tmp_path: Path) -> None:
    path, start, made = tmp_path / "device.key", threading.Barrier(8), list[str]()

    def work() -> None:
        start.wait()
        made.append(public_hex(load_or_create(path)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [public_hex(load(path))] * 8
    assert [each.name for each in tmp_path.iterdir()] == ["device.key"]


@pytest.mark.parametrize("content", ["", "not hex", "00" * 31, "00" * 33])
def test_what_is_no_key_is_refused_and_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "device.key"
    path.write_text(content)
    for read in (load, load_or_create):
        with pytest.raises(StoreError, match=r"device\.key tidak dapat dibaca"):
            read(path)
    assert path.read_text() == content


def test_a_half_written_key_of_a_power_cut_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "device.new").write_text("ab")
    made = load_or_create(tmp_path / "device.key")
    assert load(tmp_path / "device.key") == made


def test_only_interfaces_with_a_carrier_count_and_never_the_loopback(tmp_path: Path) -> None:
    for name, carrier in (("lo", "1\n"), ("eth0", "1\n"), ("wlan0", "0\n"), ("usb0", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "carrier").write_text(carrier)
    (tmp_path / "down0" / "carrier").mkdir(parents=True)  # reading it fails, as the kernel's EINVAL does
    assert attached(tmp_path) == {"eth0"}


def test_a_machine_without_the_folder_has_no_carrier(tmp_path: Path) -> None:
    assert attached(tmp_path / "none") == frozenset()
