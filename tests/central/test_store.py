"""The store as a whole: schema, connections, who is known, and pages that lose nothing."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path

import psycopg
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadInput, Conflict, NotFound, StoreError
from kiosk.core.event import Lane
from sync.central.store import CentralStore, SiteCard, migrate, open_central
from sync.central.store.database import Database
from sync.central.store.migrate import migrations
from tests.central.postgres import Postgres
from tests.central.stories import DEVICE, NOW_MS, OTHER_DEVICE, PUBLIC_KEY, SITE, Journal, issued, numbers, raise_alert


def set_version(url: str, version: int) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(f"UPDATE schema_version SET version = {version}")
    database.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == migrate(database_url) == migrations()[-1][0]


def test_starts_at_the_same_time_migrate_once(database_url: str) -> None:
    versions: list[int] = []
    start = threading.Barrier(4)

    def begin() -> None:
        start.wait()
        versions.append(migrate(database_url))

    starts = [threading.Thread(target=begin) for _ in range(4)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert versions == [migrations()[-1][0]] * 4


def test_a_database_that_was_never_migrated_is_refused(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="jalankan kentongan migrate"):
        open_central(database_url)
    assert not (tmp_path / "central.db").exists()
    with contextlib.closing(sqlite3.connect(tmp_path / "empty.db")) as connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(StoreError, match="jalankan kentongan migrate"):
        open_central(f"sqlite:///{tmp_path}/empty.db")


def test_a_schema_of_another_release_is_refused_and_left_alone(database_url: str) -> None:
    migrate(database_url)
    set_version(database_url, 999)
    with pytest.raises(StoreError, match="lebih baru"):
        open_central(database_url)
    with pytest.raises(StoreError, match="lebih baru"):
        migrate(database_url)
    set_version(database_url, 0)
    with pytest.raises(StoreError, match="masih versi 0"):
        open_central(database_url)


def test_a_server_that_is_not_there_is_a_store_error() -> None:
    with pytest.raises(StoreError):
        open_central("postgresql://nobody@127.0.0.1:1/nothing")


@pytest.mark.parametrize("url", ["", "sqlite:///", "mysql://x", "central.db"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        open_central(url)


def test_two_stores_live_in_one_process(store: CentralStore, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/second.db"
    migrate(url)
    second = open_central(url)
    second.enrol(OTHER_DEVICE, PUBLIC_KEY, SITE)
    raise_alert(store)
    assert second.open_alerts() == []
    assert [device.id for device in store.devices()] == [DEVICE]
    assert [device.id for device in second.devices()] == [OTHER_DEVICE]
    second.close()


def test_another_store_on_the_same_database_sees_the_mark_rise(store: CentralStore, migrated_url: str) -> None:
    other = open_central(migrated_url)
    before = other.change_mark()
    raise_alert(store)
    assert other.change_mark() > before
    assert len(other.open_alerts()) == 1
    other.close()


def test_a_closed_store_leaves_no_connection_behind(postgres: Postgres) -> None:
    url = postgres.clean_database()
    opened = open_central(url)
    threads = [threading.Thread(target=opened.change_mark) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert postgres.connections(url) > 0
    opened.close()
    deadline = time.monotonic() + 10  # the server notices a closed socket in its own time
    while postgres.connections(url) and time.monotonic() < deadline:
        pass
    assert postgres.connections(url) == 0


def test_a_device_is_enrolled_once_and_its_site_card_renewed(store: CentralStore) -> None:
    store.enrol(DEVICE, PUBLIC_KEY, SiteCard(code=SITE.code, name="Kelurahan Baru", address="Jl. Baru"))
    assert store.site(SITE.code).site.name == "Kelurahan Baru"
    assert len(store.devices()) == 1
    with pytest.raises(Conflict, match="kunci lain"):
        store.enrol(DEVICE, b"\1" * 32, SITE)
    assert store.public_key(DEVICE) == PUBLIC_KEY
    assert store.public_key("nobody") is None
    with pytest.raises(BadInput):
        store.enrol(OTHER_DEVICE, b"short", SITE)


def test_a_sign_of_life_is_written_every_few_seconds_or_when_presence_changes(store: CentralStore) -> None:
    store.seen(DEVICE, NOW_MS)
    mark = store.change_mark()
    store.seen(DEVICE, NOW_MS + 1_000)
    assert store.change_mark() == mark
    assert store.devices()[0].last_contact_ms == NOW_MS
    store.present(DEVICE, True, "boot-1", 1, NOW_MS + 2_000)
    assert (store.devices()[0].presence, store.change_mark() > mark) == ("online", True)
    store.seen(DEVICE, NOW_MS + 8_000)
    assert store.site(SITE.code).last_contact_ms == NOW_MS + 8_000


def test_what_cannot_be_read_is_kept_with_its_reason(store: CentralStore) -> None:
    store.quarantine(None, "kt/1/00/x/batch", "no JSON \0", b"\xff\x00", NOW_MS)
    store.quarantine("stranger\0", "t" * 2_000, "r" * 2_000, b"", NOW_MS)
    assert store.faults() == {"quarantine": 2, "security_events": 0, "dropped": 0}


def test_pages_of_alerts_and_tickets_lose_and_double_nothing(store: CentralStore) -> None:
    ids = [raise_alert(store) for _ in range(7)]
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, 8):
        journal.add("ticket.issued", issued(ordinal))
    journal.send(store)
    seen: list[str] = []
    before = None
    while page := store.alerts(before, limit=3):
        seen += [alert.id for alert in page]
        before = (page[-1].received_ms, page[-1].id)
    assert seen == sorted(ids, reverse=True)
    tickets: list[str] = []
    after = None
    while found := store.tickets(SITE.code, after, limit=3):
        tickets += numbers(found)
        after = found[-1].id
    assert sorted(tickets) == [f"A-{ordinal:03d}" for ordinal in range(1, 8)]
    assert store.tickets("99.99.99.9999") == []


def test_a_reader_of_events_never_passes_one_still_being_written(store: CentralStore, migrated_url: str) -> None:
    if not migrated_url.startswith("postgresql"):
        assert store.events() == []  # SQLite writes one transaction after the other: there is nothing to pass
        return
    columns = "device, epoch, lane, first_seq, last_seq, is_gap, before_hash, received_ms"
    row = f"INSERT INTO segment ({columns}) VALUES ('d', 'e', 'alarm', 1, 1, false, '', 0)"
    with contextlib.closing(psycopg.connect(migrated_url)) as slow:
        slow.execute(row.encode())
        journal = Journal(Lane.SERVICE)
        journal.add("ticket.issued", issued(1))
        journal.send(store)
        assert store.events() == []
        assert store.events() == [], "however often one asks"
        slow.rollback()
    (found,) = store.events()
    assert found.body == journal.events[0].body
    assert store.events(after=found.arrival) == []


def test_sites_are_paged_and_count_the_tickets_of_their_day(store: CentralStore, clock: ManualClock) -> None:
    store.enrol(OTHER_DEVICE, b"\2" * 32, SiteCard(code="32.73.01.1002", name="Sukasari", address="Jl. Setra"))
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, 4):
        journal.add("ticket.issued", issued(ordinal))
    journal.send(store)
    first, second = store.sites()
    assert (first.tickets, second.tickets, second.business_day) == ({"waiting": 3}, {}, None)
    assert [site.site.code for site in store.sites(after=first.site.code)] == ["32.73.01.1002"]
    with pytest.raises(NotFound):
        store.site("00.00.00.0000")


def test_a_number_drawn_at_another_kiosk_was_issued_when_it_was_drawn(store: CentralStore) -> None:
    whole, alone = Journal(Lane.SERVICE), Journal(Lane.SERVICE, OTHER_DEVICE)
    first = whole.add("ticket.issued", {**issued(1), "origin": OTHER_DEVICE, "waited_ms": 90_000})
    whole.send(store)
    alone.add("hall.drawn", issued(2))  # kept, and no second ticket
    alone.send(store)
    (ticket,) = store.tickets()
    assert ticket.issued_ms == first.moment.wall_ms - 90_000
