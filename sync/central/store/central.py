"""The central's store as its callers know it: every method is one transaction (or one read) of the modules beside it.

Whatever a writing method returns from is on disk (SQLite synchronous=FULL; PostgreSQL as its server is set, fsync
on). Any number of stores and processes may share one database. Methods raise StoreError when the database can't be
used.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import peewee

from kiosk.core.alert import AlertAction
from kiosk.core.clock import Clock, SystemClock
from kiosk.core.event import Lane
from sync.central.store import alert_reading, answers, commit, devices, down, people, presence, reading, whole_batch
from sync.central.store.alert_view import AlertView
from sync.central.store.database import Database
from sync.central.store.delivery import Delivery
from sync.central.store.downlink import DownlinkStore
from sync.central.store.holes import Holes
from sync.central.store.lately import Lately
from sync.central.store.migrate import require_known_schema
from sync.central.store.models import Stream
from sync.central.store.partitions import Partitions
from sync.central.store.values import (
    Committed,
    Cursor,
    DeviceView,
    Down,
    EventView,
    Session,
    SiteCard,
    SiteView,
    TicketView,
    TrackView,
)
from sync.central.store.whole_batch import Part, WholeBatch
from sync.wire.messages import EVENTS_LIMIT

PAGE = 100
PART_EVENTS_ONE_WRITER = 200  # 1 ms of SQLite


def open_central(url: str, clock: Clock | None = None) -> CentralStore:
    """The store at `sqlite:////folder/central.db` or `postgresql://…`. Raises StoreError for an unknown schema."""
    database = Database(url)
    try:
        require_known_schema(database, url)
    except BaseException:
        database.close()
        raise
    return CentralStore(database, clock or SystemClock())


class _NotUsual(Exception):
    """Rolls a transaction back."""


class CentralStore:
    """Safe to share between threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self.downlink = DownlinkStore(database, clock)
        self._partitions = Partitions(database)
        self._holes = Holes()
        self._lately = Lately()

    def close(self) -> None:
        """Closes every connection; call it when no thread uses the store any more."""
        self._database.close()

    def now_ms(self) -> int:
        return self._clock.now().wall_ms

    # What devices do

    def enrol(self, device: str, public_key: bytes, site: SiteCard) -> None:
        """Lets a device in. The same again renews the site's card; Conflict when it is known with another key."""
        with self._database.write(device) as connection:
            devices.enrol(connection, device, public_key, site, self.now_ms())

    def public_key(self, device: str) -> bytes | None:
        with self._database.read() as connection:
            return devices.known_key(connection, device)

    def cursors(self, device: str, epoch: str) -> dict[Lane, Cursor]:
        """How far each lane that ever sent something is committed; a lane that never did is not in it."""
        with self._database.read() as connection:
            rows = connection.rows(Stream.select().where(Stream.device == device, Stream.epoch == epoch))
        return {Lane(row["lane"]): Cursor(row["committed_through"], bytes(row["head_hash"])) for row in rows}

    def commit(self, delivery: Delivery) -> Committed:
        """One batch, whatever came before it; see `commit`."""
        device, _, lane = delivery.stream
        self._partitions.make_ready(delivery.received_ms)
        with self._database.write(device, urgent=lane is Lane.ALARM) as connection:
            return commit.commit(connection, delivery)

    def commit_whole(self, batches: Sequence[WholeBatch]) -> bool:
        """Usual batches, together. False: at least one is not usual; those before it may be on disk and may come again.

        One transaction, unless an alert waits for it to end: then the rest goes into another after the alert.
        """
        waiting = [(batch, 0) for batch in sorted(batches, key=attrgetter("order"), reverse=True)]
        urgent = any(batch.delivery.batch.lane is Lane.ALARM for batch in batches)
        for received_ms in {batch.delivery.received_ms for batch in batches}:
            self._partitions.make_ready(received_ms)
        try:
            while waiting:
                taken: list[Part] = []
                devices = dict.fromkeys(batch.delivery.stream[0] for batch, _ in waiting)
                with self._database.write_all(devices, urgent) as connection:
                    while waiting and not (taken and self._database.somebody_urgent()):
                        batch, at = waiting.pop()
                        then = whole_batch.take(connection, batch, at, self._database.somebody_urgent)
                        if then is None:
                            raise _NotUsual
                        taken += batch.parts[at:then]
                        if then < len(batch.parts):
                            waiting.append((batch, then))
                    changes = whole_batch.changes(taken, self._lately)
                    whole_batch.write_changes(connection, changes)
                self._lately.committed(changes.seen, changes.clocks)
        except (_NotUsual, peewee.IntegrityError, peewee.DataError):
            return False
        return True

    @property
    def part_events(self) -> int:
        """Into parts of how many events a batch should be cut, so that an alert can go between two of them."""
        return PART_EVENTS_ONE_WRITER if self._database.one_writer else EVENTS_LIMIT

    def tidy(self) -> None:
        """Housekeeping that must not be done while anybody waits; cheap when there is none. Call it after writing."""
        self._database.tidy()

    def seen(self, device: str, at_ms: int) -> None:
        """Notes a sign of life. Cheap to call for every message: it is written every few seconds at most."""
        with self._database.read() as connection:
            due = devices.seen_is_due(connection, device, at_ms)
        if due:
            with self._database.write(device) as connection:
                devices.seen(connection, device, at_ms)

    def present(self, device: str, online: bool, boot: str, number: int, at_ms: int) -> None:
        """A connection's greeting or farewell, as `presence` judges it."""
        with self._database.read() as connection:
            news = presence.is_news(connection, device, online, boot, number)
        if news:
            with self._database.write(device) as connection:
                presence.take(connection, device, online, boot, number, at_ms)

    def quarantine(self, device: str | None, topic: str, reason: str, data: bytes, at_ms: int) -> None:
        """Keeps what could not be read, with the reason."""
        with self._database.write(device or topic) as connection:
            connection.run(commit.quarantine_row(device, topic, reason, data, at_ms))

    # What devices are told

    def pending_down(self, device: str, after: int, limit: int = 20) -> list[Down]:
        with self._database.read() as connection:
            return down.pending_down(connection, device, after, limit)

    def devices_with_pending_down(self) -> list[str]:
        with self._database.read() as connection:
            return list(down.devices_with_pending_down(connection))

    def down_applied(self, device: str, through: int) -> None:
        """The device says that it applied every message up to this number."""
        with self._database.write() as connection:
            down.down_applied(connection, device, through, self.now_ms())

    # What the post does

    def answer_alert(
        self,
        alert_id: str,
        action: AlertAction,
        officer: str,
        detail: dict[str, object],
        now_ms: int,
        via: str = "posko",
    ) -> AlertView:
        """An officer's answer, its audit line and the message to the kiosk, together. The second one gets Conflict."""
        device = self.alert(alert_id).device
        with self._database.write(device) as connection:
            answers.answer(connection, alert_id, action, officer, detail, now_ms, via)
            return alert_reading.alert(connection, alert_id)

    def alert(self, alert_id: str) -> AlertView:
        with self._database.read() as connection:
            return alert_reading.alert(connection, alert_id)

    def open_alerts(self) -> list[AlertView]:
        with self._database.read() as connection:
            return alert_reading.open_alerts(connection)

    def closed_alerts(self, limit: int = 10) -> list[AlertView]:
        with self._database.read() as connection:
            return alert_reading.closed_alerts(connection, limit)

    def alerts(
        self, before: tuple[int, str] | None = None, limit: int = PAGE, only_open: bool = False
    ) -> list[AlertView]:
        with self._database.read() as connection:
            return alert_reading.alerts(connection, before, limit, only_open)

    # What everyone reads

    def change_mark(self) -> int:
        """A number that rises whenever what people see has changed: cheap enough to ask many times a second."""
        with self._database.read() as connection:
            return reading.change_mark(connection)

    def sites(self, after: str | None = None, limit: int = PAGE) -> list[SiteView]:
        with self._database.read() as connection:
            return reading.sites(connection, after, limit)

    def site(self, code: str) -> SiteView:
        with self._database.read() as connection:
            return reading.site(connection, code)

    def devices(self, after: str | None = None, limit: int = PAGE) -> list[DeviceView]:
        with self._database.read() as connection:
            return reading.devices(connection, after, limit)

    def tickets(self, site_code: str | None = None, after: str | None = None, limit: int = PAGE) -> list[TicketView]:
        with self._database.read() as connection:
            return reading.tickets(connection, site_code, after, limit)

    def track(self, track_hash: str) -> TrackView:
        with self._database.read() as connection:
            return reading.track(connection, track_hash)

    def last_contact_ms(self) -> int | None:
        """When any device was last heard, None before the first."""
        with self._database.read() as connection:
            return reading.last_contact_ms(connection)

    def events(self, after: int = 0, limit: int = PAGE) -> list[EventView]:
        with self._database.read() as connection:
            return reading.events(connection, after, limit, self._holes)

    def faults(self) -> dict[str, int]:
        with self._database.read() as connection:
            return reading.faults(connection)

    # Who may come in

    def put_officer(self, name: str, post: str, password_hash: str) -> None:
        with self._database.write() as connection:
            people.put_officer(connection, name, post, password_hash, self.now_ms())

    def officer(self, name: str) -> people.KnownOfficer | None:
        with self._database.read() as connection:
            return people.officer(connection, name)

    def officer_names(self) -> list[str]:
        with self._database.read() as connection:
            return people.officer_names(connection)

    def sign_in(self, name: str, token_hash: str, csrf: str, expires_ms: int) -> None:
        with self._database.write() as connection:
            people.sign_in(connection, name, token_hash, csrf, self.now_ms(), expires_ms)

    def sign_in_failed(self, name: str) -> None:
        with self._database.write() as connection:
            people.sign_in_failed(connection, name, self.now_ms())

    def session(self, token_hash: str) -> Session | None:
        with self._database.read() as connection:
            return people.session(connection, token_hash, self.now_ms())

    def sign_out(self, token_hash: str) -> None:
        with self._database.write() as connection:
            people.sign_out(connection, token_hash, self.now_ms())

    def put_token(self, label: str, token_hash: str) -> None:
        with self._database.write() as connection:
            people.put_token(connection, label, token_hash, self.now_ms())

    def token_label(self, token_hash: str) -> str | None:
        with self._database.read() as connection:
            return people.token_label(connection, token_hash)

    def revoke_token(self, label: str) -> None:
        with self._database.write() as connection:
            people.revoke_token(connection, label, self.now_ms())
