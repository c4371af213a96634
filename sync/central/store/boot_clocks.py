"""Keeps what is known of each boot's clock and repairs the times of its events (rule: `sync.central.boot_time`).

An event with a right clock needs no repair, and its `true_ms` stays empty. One without gets its `true_ms` as soon as
both it and a clock of its boot are here, in whichever order they came. An alert is not rewritten: its reader looks the
clock of its boot up, so that repairing locks no row that somebody answers.

Whoever adds events of a boot holds its row until the end of the transaction, even while its clock is unknown: else one
worker's events and another's clock, committed at the same time, would miss each other. The rows are taken after every
other row but the change counters', and in order, so that no two workers wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync.central.boot_time import BootClock, BootReading, repairable, settle
from sync.central.store.database import Connection

_TAKE = (
    "INSERT INTO boot_clock (device, boot, offset_ms, mono_ms) VALUES (?, ?, NULL, NULL)"
    " ON CONFLICT (device, boot) DO UPDATE SET mono_ms = boot_clock.mono_ms RETURNING offset_ms, mono_ms"
)
_KEEP = "UPDATE boot_clock SET offset_ms = ?, mono_ms = ? WHERE device = ? AND boot = ?"
_OF_BOOT = "device = ? AND boot = ? AND NOT synchronised AND mono_ms BETWEEN ? AND ?"
_REPAIR_NEW = f"UPDATE event SET true_ms = mono_ms + ? WHERE true_ms IS NULL AND {_OF_BOOT}"
_REPAIR_ALL = f"UPDATE event SET true_ms = mono_ms + ? WHERE {_OF_BOOT}"
_FIND_MOST = 500  # parameters of one statement


def learn(connection: Connection, readings: Mapping[tuple[str, str], BootReading]) -> None:
    """Last inside the write transaction that has inserted the events of which `boot_time.readings` were taken."""
    for (device, boot), reading in sorted(readings.items()):
        held = BootClock(*connection.fetch(_TAKE, device, boot)[0])
        clock = settle(held, reading.clock)
        if clock != held:
            connection.change(_KEEP, clock.offset_ms, clock.mono_ms, device, boot)
        if clock.offset_ms is None:
            continue
        moved = clock.offset_ms != held.offset_ms
        if moved or reading.uncertain:
            sql = _REPAIR_ALL if moved else _REPAIR_NEW
            connection.change(sql, clock.offset_ms, device, boot, *repairable(clock.offset_ms))


def offsets(connection: Connection, boots: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """By device and boot, of those that are known."""
    found: dict[tuple[str, str], int] = {}
    wanted = sorted(set(boots))
    for at in range(0, len(wanted), _FIND_MOST // 2):
        part = wanted[at : at + _FIND_MOST // 2]
        where = " OR ".join(["device = ? AND boot = ?"] * len(part))
        sql = f"SELECT device, boot, offset_ms FROM boot_clock WHERE offset_ms IS NOT NULL AND ({where})"
        rows = connection.fetch(sql, *(value for pair in part for value in pair))
        found |= {(device, boot): int(offset_ms) for device, boot, offset_ms in rows}
    return found
