"""Erases what residents wrote when it has done its work: some business days after the case ended.

Counted in business days, like everything that grows old here: a clock that leaps a year is one day. A case that nobody
ever ends is not a reason to keep its data for ever either. `secure_delete` overwrites the pages; the journal's own copy
is sealed to the same keys and goes with its tail. What remains is the state, which holds nobody's name.
"""

from __future__ import annotations

from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record

UNENDED_DAYS = 250  # a working year
_CASES_A_TURN = 100
_TABLES = ("request", "complaint")


def erase_due(store: Store, personal_days: int) -> int:
    """Erases what is due, at most a hundred cases of each kind; returns how many. On disk when it returns."""
    ended, unended = _day_before(store, personal_days), _day_before(store, UNENDED_DAYS)
    due = {
        table: [
            row[0]
            for row in store.all(
                f"SELECT id FROM {table} WHERE sealed IS NOT NULL AND (ended_day < ? OR day < ?) LIMIT ?",
                *(ended, unended, _CASES_A_TURN),
            )
        ]
        for table in _TABLES
    }
    count = sum(map(len, due.values()))
    if not count:
        return 0
    with store.write():
        for table, ids in due.items():
            for case_id in ids:
                store.run(f"UPDATE {table} SET sealed = NULL, note = '' WHERE id = ?", case_id)
        record(store, Lane.SERVICE, "personal.erased", {table: len(ids) for table, ids in due.items()})
    return count


def held(store: Store) -> dict[str, int]:
    """How many envelopes of each kind are kept now: what an office may be asked for."""
    counts = {}
    for table in _TABLES:
        row = store.one(f"SELECT COUNT(*) FROM {table} WHERE sealed IS NOT NULL")
        counts[table] = int(row[0]) if row else 0
    return counts


def _day_before(store: Store, days: int) -> str:
    """The business day before which things are older than `days`; empty (older than nothing) in a young office."""
    row = store.one("SELECT day FROM business_day ORDER BY day DESC LIMIT 1 OFFSET ?", days)
    return row[0] if row else ""
