"""Documents on their way into a kiosk: whole or not at all, from where they stopped, the previous one kept."""

from __future__ import annotations

import os

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.document import NAMES_LIMIT, DocumentHead, digest_of
from kiosk.core.event import Lane
from kiosk.store import document_arrival, documents
from kiosk.store.database import Store
from kiosk.store.document_arrival import RESERVED_BYTES, Desire
from kiosk.store.journal import events
from tests.store.checks import require_sound_journal

PLENTY = 10 * RESERVED_BYTES


def head_of(body: bytes, version: int = 1, name: str = "news") -> DocumentHead:
    return DocumentHead(name, version, digest_of(body), len(body), 1_763_770_800_000)


def bring(store: Store, body: bytes, version: int, name: str = "news", piece_bytes: int = 700) -> bool:
    """The whole way of one document; whether it was good."""
    assert document_arrival.desire(store, head_of(body, version, name), PLENTY) is Desire.COMING
    while (wanted := next(each for each in document_arrival.coming(store) if each.head.name == name)).held_bytes < len(
        body
    ):
        at = wanted.held_bytes
        assert document_arrival.put_piece(store, wanted, body[at : at + piece_bytes])
    return document_arrival.complete(store, wanted)


def told(store: Store, kind: str) -> list[dict[str, object]]:
    rows = events(store, Lane.SERVICE, 0, 1_000)
    return [msgspec.json.decode(event.body) for event in rows if event.kind == kind]


def body_in_force(store: Store, name: str = "news") -> bytes | None:
    held = documents.current(store, name)
    return None if held is None else held.body


def test_a_document_is_swapped_in_whole_and_the_previous_one_is_kept(store: Store) -> None:
    assert documents.current(store, "news") is None
    first, second, third = (os.urandom(2_000) for _ in range(3))
    for version, body in enumerate([first, second, third], start=1):
        assert bring(store, body, version)
        assert body_in_force(store) == body
    before = documents.previous(store, "news")
    assert before is not None
    assert (before.body, before.head.version) == (second, 2)
    assert [each["version"] for each in told(store, "document.applied")] == [1, 2, 3]
    assert store.one("SELECT COUNT(*) FROM document_piece") == (6,)  # the first one's pieces are gone
    require_sound_journal(store)


def test_until_its_last_byte_is_checked_the_old_one_stays_in_force(store: Store) -> None:
    bring(store, b"old", 1)
    new = os.urandom(1_000)
    document_arrival.desire(store, head_of(new, 2), PLENTY)
    for at in range(0, 1_000, 100):
        assert body_in_force(store) == b"old"
        (wanted,) = document_arrival.coming(store)
        assert wanted.held_bytes == at
        document_arrival.put_piece(store, wanted, new[at : at + 100])
    assert body_in_force(store) == b"old"
    assert document_arrival.complete(store, document_arrival.coming(store)[0])
    assert body_in_force(store) == new


def test_a_wrong_hash_throws_the_pieces_away_and_says_so(store: Store) -> None:
    bring(store, b"good", 1)
    head = msgspec.structs.replace(head_of(b"expected", 2), size_bytes=5)
    document_arrival.desire(store, head, PLENTY)
    (wanted,) = document_arrival.coming(store)
    document_arrival.put_piece(store, wanted, b"wrong")
    assert not document_arrival.complete(store, document_arrival.coming(store)[0])
    assert body_in_force(store) == b"good"
    assert document_arrival.coming(store) == []
    (refused,) = told(store, "document.refused")
    assert refused["version"] == 2


def test_a_piece_that_comes_again_or_too_late_changes_nothing(store: Store) -> None:
    body = os.urandom(300)
    document_arrival.desire(store, head_of(body), PLENTY)
    (wanted,) = document_arrival.coming(store)
    assert document_arrival.put_piece(store, wanted, body[:100])
    assert not document_arrival.put_piece(store, wanted, body[:200])
    (wanted,) = document_arrival.coming(store)
    assert wanted.held_bytes == 100
    document_arrival.desire(store, head_of(b"another", 2), PLENTY)
    assert not document_arrival.put_piece(store, wanted, body[100:])


def test_another_wish_drops_what_was_under_way_and_the_same_wish_keeps_it(store: Store) -> None:
    body = os.urandom(300)
    document_arrival.desire(store, head_of(body), PLENTY)
    document_arrival.put_piece(store, document_arrival.coming(store)[0], body[:100])
    assert document_arrival.desire(store, head_of(body), PLENTY) is Desire.COMING
    assert document_arrival.coming(store)[0].held_bytes == 100
    document_arrival.desire(store, head_of(b"another", 2), PLENTY)
    (wanted,) = document_arrival.coming(store)
    assert (wanted.head.version, wanted.held_bytes) == (2, 0)
    assert store.one("SELECT COUNT(*) FROM document_piece") == (0,)


def test_the_previous_one_is_swapped_back_without_fetching_anything(store: Store) -> None:
    bring(store, b"one", 1)
    bring(store, b"two", 2)
    assert document_arrival.desire(store, head_of(b"one", 1), PLENTY) is Desire.APPLIED
    assert body_in_force(store) == b"one"
    before = documents.previous(store, "news")
    assert before is not None
    assert before.body == b"two"
    assert document_arrival.desire(store, head_of(b"one", 1), PLENTY) is Desire.HELD
    assert [each["version"] for each in told(store, "document.applied")] == [1, 2, 1]


def test_the_same_bytes_under_a_new_version_are_not_fetched(store: Store) -> None:
    bring(store, b"one", 1)
    assert document_arrival.desire(store, head_of(b"one", 5), PLENTY) is Desire.HELD
    assert documents.heads(store)["news"].version == 5
    assert [each["version"] for each in told(store, "document.applied")] == [1, 5]


def test_the_room_for_alarms_is_never_given_to_a_document(store: Store) -> None:
    head = head_of(b"x" * 100)
    assert document_arrival.desire(store, head, RESERVED_BYTES + 99) is Desire.REFUSED
    assert document_arrival.desire(store, head, RESERVED_BYTES + 100) is Desire.COMING
    assert len(told(store, "document.refused")) == 1


def test_a_kiosk_takes_only_so_many_names(store: Store) -> None:
    for number in range(NAMES_LIMIT):
        assert document_arrival.desire(store, head_of(b"x", name=f"n{number}"), PLENTY) is Desire.COMING
    assert document_arrival.desire(store, head_of(b"x", name="one-more"), PLENTY) is Desire.REFUSED
    assert document_arrival.desire(store, head_of(b"y", name="n0"), PLENTY) is Desire.COMING


def test_the_smallest_document_is_fetched_first(store: Store) -> None:
    for name, size in (("news", 3_000), ("contacts", 10), ("guide", 500)):
        document_arrival.desire(store, head_of(b"x" * size, name=name), PLENTY)
    assert [each.head.name for each in document_arrival.coming(store)] == ["contacts", "guide", "news"]


@pytest.mark.parametrize(("synchronised", "expected"), [(True, 7_200.0), (False, None)])
def test_age_is_told_only_by_a_clock_that_knows(
    store: Store, clock: ManualClock, synchronised: bool, expected: float | None
) -> None:
    assert documents.age_s(store, "news") is None
    bring(store, b"one", 1)
    clock.advance(3_600)
    assert documents.age_s(store, "news") == 3_600
    clock.advance(3_600)
    clock.moment = msgspec.structs.replace(clock.moment, boot="boot-2", mono_ms=5, synchronised=synchronised)
    assert documents.age_s(store, "news") == expected
