"""Counters (loket): who sits where, and whether they call. One row each, every change journalled with its officer."""

from __future__ import annotations

import msgspec

from kiosk.core.desk import CounterState
from kiosk.core.errors import BadInput, Conflict, NotAllowed
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record

PAUSE_REASONS = ("istirahat", "ibadah", "rapat", "gangguan-sistem", "mengambil-berkas")


class Counter(msgspec.Struct, frozen=True):
    """A counter now. `reason` says why it is paused."""

    number: int
    state: CounterState
    officer: str
    reason: str
    since_ms: int


def counter_at(store: Store, number: int) -> Counter:
    """The counter, closed where nobody has sat yet."""
    row = store.one("SELECT number, state, officer, reason, since_ms FROM counter WHERE number = ?", number)
    return _counter(row) if row else Counter(number, CounterState.CLOSED, "", "", 0)


def counters(store: Store) -> list[Counter]:
    """Every counter where somebody has sat, in order."""
    rows = store.all("SELECT number, state, officer, reason, since_ms FROM counter ORDER BY number")
    return [_counter(row) for row in rows]


def _counter(row: tuple[int, str, str, str, int]) -> Counter:
    number, state, officer, reason, since_ms = row
    return Counter(number, CounterState(state), officer, reason, since_ms)


def take_counter(store: Store, number: int, officer: str) -> Counter:
    """An officer sits down; whoever sat there before no longer does."""
    with store.write():
        return _set(store, number, CounterState.OPEN, officer, "", "counter.opened")


def leave_counter(store: Store, number: int, officer: str) -> Counter:
    """An officer goes. A counter that somebody else took meanwhile stays theirs."""
    with store.write():
        held = counter_at(store, number)
        if held.officer != officer or held.state is CounterState.CLOSED:
            return held
        return _set(store, number, CounterState.CLOSED, officer, "", "counter.closed")


def pause_counter(store: Store, number: int, officer: str, reason: str) -> Counter:
    """No more calls for a while, with one of PAUSE_REASONS, which the board shows."""
    if reason not in PAUSE_REASONS:
        raise BadInput(f"Pilih alasan: {', '.join(PAUSE_REASONS)}.")
    with store.write():
        require_seat(store, number, officer)
        if counter_at(store, number).state is CounterState.PAUSED:
            raise Conflict(f"Loket {number} sudah istirahat; tidak ada yang diubah.")
        return _set(store, number, CounterState.PAUSED, officer, reason, "counter.paused")


def resume_counter(store: Store, number: int, officer: str) -> Counter:
    """Calls may go on."""
    with store.write():
        require_seat(store, number, officer)
        if counter_at(store, number).state is CounterState.OPEN:
            raise Conflict(f"Loket {number} sudah buka; tidak ada yang diubah.")
        return _set(store, number, CounterState.OPEN, officer, "", "counter.resumed")


def require_seat(store: Store, number: int, officer: str) -> None:
    """Raises NotAllowed when somebody else has taken the counter meanwhile."""
    held = counter_at(store, number)
    if held.officer != officer and held.state is not CounterState.CLOSED:
        raise NotAllowed(f"Loket {number} sekarang dipakai {held.officer}: masuk lagi di loket Anda.")


def _set(store: Store, number: int, state: CounterState, officer: str, reason: str, kind: str) -> Counter:
    at = store.now().wall_ms
    store.run(
        "INSERT INTO counter (number, state, officer, reason, since_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (number)"
        " DO UPDATE SET state = excluded.state, officer = excluded.officer, reason = excluded.reason,"
        " since_ms = excluded.since_ms",
        *(number, state.value, officer, reason, at),
    )
    record(store, Lane.SERVICE, kind, {"counter": number, "officer": officer, "reason": reason})
    return Counter(number, state, officer, reason, at)
