"""The way to the central in words."""

from __future__ import annotations

import pytest

from kiosk.core.sync_words import duration, way_to_central


@pytest.mark.parametrize(
    ("connected", "waiting", "oldest_s", "words"),
    [
        (True, 0, None, "Tersambung ke pusat"),
        (True, 3, 0.4, "Tersambung ke pusat"),
        (True, 12_345, 7_200.0, "Tersambung ke pusat, 12.345 catatan sedang dikirim"),
        (False, 0, None, "Belum tersambung ke pusat; semua catatan sudah terkirim"),
        (False, 12, 3 * 3_600 + 59, "12 catatan menunggu jaringan, paling lama 3 jam"),
        (False, 1, 20.0, "1 catatan menunggu jaringan, paling lama kurang dari 1 menit"),
    ],
)
def test_one_line_says_whether_the_offices_work_arrives(
    connected: bool, waiting: int, oldest_s: float | None, words: str
) -> None:
    assert way_to_central(connected, waiting, oldest_s) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "kurang dari 1 menit"), (59.9, "kurang dari 1 menit"), (60, "1 menit"), (3_599, "59 menit")),
        *((3_600, "1 jam"), (86_399, "23 jam"), (86_400, "1 hari"), (2_700_000, "31 hari")),
    ],
)
def test_a_duration_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words
