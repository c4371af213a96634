"""The way to the central in one quiet line for the officer's desk. Pure.

What an office needs to know: whether its work reaches the central, and if not, how much waits and since when. An
officer can wait or call a technician; nothing here is an alarm.
"""

from __future__ import annotations

MOMENTS_S = 60.0  # what is under way for less is no backlog


def way_to_central(connected: bool, waiting: int, oldest_s: float | None) -> str:
    """`waiting` events of all lanes, the oldest for `oldest_s` seconds (None: none waits)."""
    lagging = waiting > 0 and (oldest_s or 0.0) >= MOMENTS_S
    if connected:
        return f"Tersambung ke pusat, {_records(waiting)} sedang dikirim" if lagging else "Tersambung ke pusat"
    if waiting == 0:
        return "Belum tersambung ke pusat; semua catatan sudah terkirim"
    return f"{_records(waiting)} menunggu jaringan, paling lama {duration(oldest_s or 0.0)}"


def duration(seconds: float) -> str:
    """`kurang dari 1 menit`, `5 menit`, `3 jam`, `12 hari`: the largest unit that fits, rounded down."""
    for unit_s, name in ((86_400, "hari"), (3_600, "jam"), (60, "menit")):
        if seconds >= unit_s:
            return f"{int(seconds // unit_s)} {name}"
    return "kurang dari 1 menit"


def _records(count: int) -> str:
    return f"{count:,} catatan".replace(",", ".")
