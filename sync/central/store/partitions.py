"""PostgreSQL only: the months in which messages were received, each a partition of `segment_body`.

Why months: a month that nobody has to keep is dropped in an instant and leaves no dead rows, whereas deleting a hundred
million of them takes hours. To retire one: back it up (`pg_dump -t segment_body_2025_11`), then `ALTER TABLE
segment_body DETACH PARTITION segment_body_2025_11 CONCURRENTLY; DROP TABLE segment_body_2025_11`. Its keys stay in
`segment`, so a kiosk that sends such an event again is told that it is here and nothing is written twice; alerts,
tickets and requests are tables of their own and stay too. Nothing here ever drops anything.

A month is made ahead: by `migrate`, and by whoever commits first in a month that has none or no successor. It is made
as a table of its own and then attached, which unlike `PARTITION OF` stops neither readers nor writers; and in a
transaction of its own, so that a commit holds no lock that another one's month waits for. The first and the last
partition take what lies before and after all reasonable months, so there is no moment that has no place.

What comes over from an older schema lies in the first partition, up to the month after its newest.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sync.central.store.database import Connection, Database

MONTHS_AHEAD = 3  # by migrate; a commit makes one
FIRST_MONTH, LAST_MONTH = (2020, 1), (2200, 1)  # what is outside was received by a clock beyond all reason
_LOCK = 5_316_810_111  # PostgreSQL's advisory lock for workers that want the same month at once
_CHILDREN = (
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
    " WHERE inhparent = 'segment_body'::regclass"
)

Month = tuple[int, int]


def month_of(at_ms: int) -> Month:
    """Year and month (UTC), held within the reasonable ones."""
    if at_ms < _start_ms(FIRST_MONTH):
        return FIRST_MONTH
    if at_ms >= _start_ms(LAST_MONTH):
        return LAST_MONTH
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.year, at.month


def next_month(month: Month, months: int = 1) -> Month:
    year, number = divmod(month[0] * 12 + month[1] - 1 + months, 12)
    return year, number + 1


class Partitions:
    """Sees to it that what is received now has a place. Safe to share between threads; SQLite needs nothing of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ready: set[Month] = set()

    def make_ready(self, received_ms: int) -> None:
        """Before the transaction that writes; costs something once a month. Raises StoreError."""
        month = month_of(received_ms)
        if month in self._ready or not self._database.is_postgresql:
            return
        wanted = {month, next_month(month)}
        with self._database.read() as connection:
            missing = not wanted <= _covered(connection, wanted)
        if missing:
            with self._database.write() as connection:
                _make(connection, wanted)
        self._ready.add(month)


def arrange(connection: Connection, now_ms: int, received_last_ms: int | None) -> None:
    """Inside migrate's transaction: there is a place for what comes over from an older schema and for the next months.

    `received_last_ms`: when the newest of the former was received.
    """
    if not connection.fetch(_CHILDREN):
        until = FIRST_MONTH if received_last_ms is None else next_month(month_of(received_last_ms))
        _add(connection, _name("segment_body_until", until), "MINVALUE", str(_start_ms(until)))
        _add(connection, "segment_body_beyond", str(_start_ms(LAST_MONTH)), "MAXVALUE")
    this = month_of(now_ms)
    _make(connection, {next_month(this, ahead) for ahead in range(MONTHS_AHEAD + 1)})


def _make(connection: Connection, months: set[Month]) -> None:
    connection.fetch("SELECT pg_advisory_xact_lock(?)::text", _LOCK)
    for month in sorted(months - _covered(connection, months)):
        _add(connection, _name("segment_body", month), str(_start_ms(month)), str(_start_ms(next_month(month))))


def _add(connection: Connection, name: str, first: str, end: str) -> None:
    connection.execute(f"CREATE TABLE {name} (LIKE segment_body INCLUDING ALL)")
    connection.execute(f"ALTER TABLE segment_body ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})")


def _covered(connection: Connection, months: set[Month]) -> set[Month]:
    """Those of the months that have a place already."""
    names = {str(name) for (name,) in connection.fetch(_CHILDREN)}
    until = max((name for name in names if name.startswith("segment_body_until_")), default="")
    return {
        month
        for month in months
        if month >= LAST_MONTH or _name("segment_body", month) in names or _name("segment_body_until", month) < until
    }


def _name(start: str, month: Month) -> str:
    return f"{start}_{month[0]:04d}_{month[1]:02d}"


def _start_ms(month: Month) -> int:
    return int(datetime(*month, 1, tzinfo=UTC).timestamp()) * 1000
