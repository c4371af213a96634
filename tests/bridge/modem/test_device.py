"""The modem is found by name, each device once, and one that does not answer lets the others have their turn."""

from __future__ import annotations

from pathlib import Path

from firmware_bridge.modem.device import DeviceSearch


def test_no_name_that_fits_is_none(tmp_path: Path) -> None:
    assert DeviceSearch([str(tmp_path / "usb-*")]).next() is None


def test_patterns_are_tried_in_order_and_each_device_once(tmp_path: Path) -> None:
    for name in ("ttyUSB0", "ttyUSB1"):
        (tmp_path / name).touch()
    (tmp_path / "usb-SimTech-if02").symlink_to(tmp_path / "ttyUSB1")
    search = DeviceSearch([str(tmp_path / "usb-*"), str(tmp_path / "ttyUSB*")])

    first = search.next()
    assert first == str(tmp_path / "usb-SimTech-if02")
    search.refuse(first)
    second = search.next()
    assert second == str(tmp_path / "ttyUSB0")
    search.refuse(second)
    assert search.next() == first


def test_one_that_answered_is_stayed_with(tmp_path: Path) -> None:
    for name in ("usb-a", "usb-b"):
        (tmp_path / name).touch()
    search = DeviceSearch([str(tmp_path / "usb-*")])
    search.refuse(str(tmp_path / "usb-a"))

    assert [search.next() for _ in range(3)] == [str(tmp_path / "usb-b")] * 3


def test_a_link_that_outlives_its_device_is_no_device(tmp_path: Path) -> None:
    (tmp_path / "usb-gone").symlink_to(tmp_path / "ttyUSB9")

    assert DeviceSearch([str(tmp_path / "usb-*")]).next() is None
