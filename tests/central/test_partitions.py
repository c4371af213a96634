"""Months of messages in PostgreSQL: there before they are needed, in no commit's way, and dropped in one go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import psycopg
import pytest

from kiosk.core.clock import Moment
from kiosk.core.event import Lane
from sync.central.store import CentralStore, Committed, migrate, open_central
from sync.central.store.database import Database
from sync.central.store.partitions import FIRST_MONTH, LAST_MONTH, Partitions, month_of, next_month
from tests.central.postgres import Postgres
from tests.central.stories import DEVICE, EPOCH, PUBLIC_KEY, SITE, Journal, issued, numbers


def at_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def url(postgres: Postgres) -> str:
    fresh = postgres.new_database()
    migrate(fresh)
    return fresh


@pytest.fixture
def months(url: str) -> Iterator[CentralStore]:
    with closing(open_central(url)) as store:
        store.enrol(DEVICE, PUBLIC_KEY, SITE)
        yield store


def bodies(url: str) -> dict[str, int]:
    """How many bodies lie in each partition that has any."""
    with closing(psycopg.connect(url)) as connection:
        return dict(
            connection.execute("SELECT tableoid::regclass::text, COUNT(*) FROM segment_body GROUP BY 1").fetchall()
        )


def partitions(url: str) -> set[str]:
    with closing(psycopg.connect(url)) as connection:
        return {name for (name,) in connection.execute("SELECT inhrelid::regclass::text FROM pg_inherits").fetchall()}


def service_lane(tickets: int) -> Journal:
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, tickets + 1):
        journal.add("ticket.issued", issued(ordinal))
    return journal


def test_migrate_makes_this_month_and_the_next_ones(url: str) -> None:
    this = month_of(int(datetime.now(UTC).timestamp() * 1000))
    ahead = [next_month(this, months) for months in range(4)]
    assert {f"segment_body_{year}_{month:02d}" for year, month in ahead} <= partitions(url)
    before = partitions(url)
    migrate(url)
    assert partitions(url) == before


def test_a_month_changes_between_two_commits_and_a_whole_year_is_skipped(months: CentralStore, url: str) -> None:
    journal = service_lane(4)
    moments = ["2031-12-31T23:59:59.999", "2032-01-01T00:00", "2032-02-29T12:00", "2033-06-01T00:00"]
    for seq, text in enumerate(moments, start=1):
        assert journal.send(months, seq, seq, at_ms(text)) == Committed(committed_through=seq, inserted=1)
    assert bodies(url) == dict.fromkeys(
        ("segment_body_2031_12", "segment_body_2032_01", "segment_body_2032_02", "segment_body_2033_06"), 1
    )
    assert "segment_body_2033_07" in partitions(url)
    assert [event.seq for event in months.events()] == [1, 2, 3, 4]
    assert numbers(months.tickets()) == ["A-001", "A-002", "A-003", "A-004"]


def test_what_arrives_again_in_another_month_is_known(months: CentralStore, url: str) -> None:
    journal = service_lane(3)
    journal.send(months, at=at_ms("2031-01-31T00:00"))
    assert journal.send(months, at=at_ms("2031-02-01T00:00")) == Committed(committed_through=3, inserted=0)
    assert bodies(url) == {"segment_body_2031_01": 1}
    assert not any(months.faults().values())


def test_a_gap_that_fills_in_a_later_month_projects_what_lies_behind_it(months: CentralStore) -> None:
    journal = service_lane(4)
    journal.send(months, 3, 4, at_ms("2031-01-31T00:00"))
    assert journal.send(months, 1, 2, at_ms("2031-03-01T00:00")) == Committed(committed_through=4, inserted=2)
    assert [event.seq for event in months.events()] == [3, 4, 1, 2]
    assert not any(months.faults().values())


def test_workers_that_need_the_same_month_at_once_all_get_it(url: str) -> None:
    start = threading.Barrier(6)
    databases = [Database(url) for _ in range(6)]

    def work(database: Database) -> None:
        start.wait()
        Partitions(database).make_ready(at_ms("2040-05-05T00:00"))

    workers = [threading.Thread(target=work, args=(database,)) for database in databases]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for database in databases:
        database.close()
    assert {"segment_body_2040_05", "segment_body_2040_06"} <= partitions(url)


def test_a_month_is_made_while_another_commit_is_still_open(months: CentralStore, url: str) -> None:
    """Readers and writers are not stopped: else the first commit of a month would wait for the slowest of the last."""
    journal = service_lane(2)
    journal.send(months, 1, 1, at_ms("2031-01-01T00:00"))
    with closing(psycopg.connect(url)) as slow:
        slow.execute("INSERT INTO segment_body VALUES (77, 0, '')")
        slow.execute("UPDATE segment_body SET message = message")
        slow.execute("SELECT * FROM segment_body")
        assert journal.send(months, 2, 2, at_ms("2031-07-01T00:00")).inserted == 1


@pytest.mark.parametrize("received_ms", [-1, 0, 2**50])
def test_a_central_whose_clock_is_beyond_reason_still_keeps_what_it_is_sent(
    months: CentralStore, received_ms: int
) -> None:
    journal = service_lane(1)
    came = msgspec.structs.replace(journal.delivery(), received_ms=received_ms)
    committed = months.commit(came)
    assert committed == Committed(committed_through=1, inserted=1)


def test_a_month_that_is_retired_is_still_known_by_its_keys(months: CentralStore, url: str) -> None:
    journal = service_lane(4)
    journal.send(months, 1, 2, at_ms("2031-01-31T00:00"))
    journal.send(months, 3, 4, at_ms("2031-02-01T00:00"))
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("ALTER TABLE segment_body DETACH PARTITION segment_body_2031_01 CONCURRENTLY")
        connection.execute("DROP TABLE segment_body_2031_01")
    assert journal.send(months, at=at_ms("2031-02-02T00:00")) == Committed(committed_through=4, inserted=0)
    assert [event.seq for event in months.events()] == [3, 4]
    assert numbers(months.tickets()) == ["A-001", "A-002", "A-003", "A-004"]
    assert not any(months.faults().values())


def test_months_follow_the_calendar_and_end_where_reason_does() -> None:
    assert month_of(at_ms("2025-11-30T23:59:59.999")) == (2025, 11)
    assert month_of(at_ms("2025-12-01T00:00")) == (2025, 12)
    assert next_month((2025, 12)) == (2026, 1)
    assert next_month((2025, 11), 14) == (2027, 1)
    assert (month_of(-(2**60)), month_of(2**60)) == (FIRST_MONTH, LAST_MONTH)
    assert month_of(at_ms("2199-12-31T23:59")) == (2199, 12)


def test_a_time_is_repaired_in_the_month_where_its_event_lies(months: CentralStore) -> None:
    journal = Journal(Lane.HEALTH)
    early = journal.add("heartbeat", {}, synchronised=False)
    journal.add("heartbeat", {})
    assert early.moment == Moment(early.moment.wall_ms, False, "boot-1", 1_000)
    journal.send(months, 1, 1, at_ms("2031-01-31T00:00"))
    assert months.events()[0].true_ms is None
    journal.send(months, 2, 2, at_ms("2031-02-01T00:00"))
    assert months.events()[0].true_ms == early.moment.wall_ms
    assert months.cursors(DEVICE, EPOCH)[Lane.HEALTH].committed_through == 2
