"""What a kiosk would send, in order and with its hash chain: the material of the central's tests."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane, canonical_json, chain_hash
from kiosk.core.ids import track_hash, uuid7
from sync.central.store import CentralStore, Committed, SiteCard
from sync.central.store.delivery import Delivery
from sync.wire.envelope import pack
from sync.wire.messages import batch_of, encode

DEVICE = "31.74.05.1001-k1"
OTHER_DEVICE = "32.73.01.1002-k1"
EPOCH = "00112233445566aa"
PUBLIC_KEY = bytes(range(32))
SITE = SiteCard(
    code="31.74.05.1001",
    name="Kelurahan Melawai",
    address="Jl. Wijaya IX No. 12",
    contact="Lurah Melawai 0811-000-001",
    latitude=-6.2444,
    longitude=106.8003,
)
NOW_MS = 1_763_770_800_000
TRACK = "K7F-234-QX3"


class Journal:
    """One lane of a kiosk: makes the next event and knows every hash."""

    def __init__(self, lane: Lane, device: str = DEVICE, epoch: str = EPOCH) -> None:
        self.lane, self.device, self.epoch = lane, device, epoch
        self.events: list[Event] = []
        self.hashes: list[bytes] = []

    def add(self, kind: str, body: object, synchronised: bool = True) -> Event:
        return self.add_raw(kind, canonical_json(body), synchronised)

    def add_raw(self, kind: str, body: bytes, synchronised: bool = True) -> Event:
        seq = len(self.events) + 1
        at = Moment(wall_ms=NOW_MS + seq * 1000, synchronised=synchronised, boot="boot-1", mono_ms=seq * 1000)
        event = Event(self.device, self.epoch, self.lane, seq, kind, at, body)
        self.hashes.append(chain_hash(self.hashes[-1] if self.hashes else START_HASH, event))
        self.events.append(event)
        return event

    def delivery(self, first: int = 1, last: int | None = None, at: int = 0) -> Delivery:
        """The events numbered first to last, as one batch received `at` (by default a minute after NOW_MS)."""
        part = slice(first - 1, last)
        before = self.hashes[first - 2] if first > 1 else START_HASH
        return delivered(before, self.events[part], self.hashes[part], at)

    def send(self, store: CentralStore, first: int = 1, last: int | None = None, at: int = 0) -> Committed:
        """Commits that delivery."""
        return store.commit(self.delivery(first, last, at))


def delivered(before: bytes, events: Sequence[Event], hashes: Sequence[bytes], at: int = 0) -> Delivery:
    """A batch that has come, but for its signature, which the store does not look at."""
    batch = batch_of(before, events, 0)
    return Delivery(pack(encode(batch)), batch, list(events), before, list(hashes), at or NOW_MS + 60_000)


def raised(alert_id: str, code: str = "panic", drill: bool = False) -> dict[str, object]:
    said = {"id": alert_id, "code": code, "source": "button", "nonce": "00000000000000ab", "presses": 1}
    return {**said, "drill": drill, "raised_ms": NOW_MS}


def issued(ordinal: int, ticket_id: str | None = None, track: str | None = None) -> dict[str, object]:
    said: dict[str, object] = {"id": ticket_id or uuid7(), "number": f"A-{ordinal:03d}", "series": "A"}
    said |= {"ordinal": ordinal, "day": "2025-11-22", "service": "surat-keterangan-usaha"}
    return {**said, "track_hash": track_hash(track)} if track else said


def raise_alert(store: CentralStore, code: str = "panic", device: str = DEVICE, drill: bool = False) -> str:
    """Commits one alert of a fresh alarm lane and returns its id."""
    alert_id = uuid7()
    journal = Journal(Lane.ALARM, device, epoch=alert_id[-16:].replace("-", "0"))
    journal.add("alert.raised", raised(alert_id, code, drill))
    journal.send(store)
    return alert_id


def numbers(tickets: Sequence[object]) -> list[str]:
    return sorted(str(getattr(ticket, "number")) for ticket in tickets)  # noqa: B009
