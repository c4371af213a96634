"""What kiosks are told: the order of their messages, and which document should be in force where."""

from __future__ import annotations

import threading

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.document import SIZE_LIMIT_BYTES, digest_of
from kiosk.core.errors import BadInput, BadTransition, Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.request import RequestState
from sync.central.scopes import require_scope, scopes_of
from sync.central.store import CentralStore, open_central
from sync.central.store.holdings import Holding
from tests.central.stories import DEVICE, NOW_MS, OTHER_DEVICE, PUBLIC_KEY, SITE, Journal

REQUEST = "0199-request"
SITE_SCOPE = f"site:{SITE.code}"
OFFICER = "Sari"


@pytest.fixture
def service(store: CentralStore) -> Journal:
    """A kiosk's journal with one request, held by the central."""
    journal = Journal(Lane.SERVICE)
    journal.add("request.submitted", {"id": REQUEST, "service": "domisili", "track_hash": None})
    journal.send(store)
    return journal


def bodies(store: CentralStore) -> list[dict[str, object]]:
    return [msgspec.json.decode(message.body) for message in store.downlink.pending_messages(DEVICE)]


def test_numbers_ascend_even_when_the_clock_stands_still_or_goes_back(store: CentralStore, clock: ManualClock) -> None:
    for seconds in (0, 0, 5, -3_600, 1):
        clock.advance(seconds)
        store.downlink.send_command(DEVICE, "report", {}, NOW_MS + 10_000_000, OFFICER)
    numbers = [message.number for message in store.downlink.pending_messages(DEVICE)]
    assert numbers == [NOW_MS, NOW_MS + 1, NOW_MS + 5_000, NOW_MS + 5_001, NOW_MS + 5_002]


def test_a_restored_central_never_uses_a_number_again(store: CentralStore, clock: ManualClock) -> None:
    """The kiosk applied what the backup does not know; what comes after must not look old to it."""
    store.downlink.send_command(DEVICE, "report", {}, NOW_MS + 10_000_000, OFFICER)
    (before,) = [message.number for message in store.downlink.pending_messages(DEVICE)]
    with store._database.write() as connection:  # as in the backup from before it
        connection.execute("DELETE FROM message")
        connection.execute("UPDATE device SET message_number = 0")
    clock.advance(60)
    store.downlink.send_command(DEVICE, "report", {}, NOW_MS + 10_000_000, OFFICER)
    assert store.downlink.pending_messages(DEVICE)[0].number > before


def test_officers_at_the_same_time_get_a_number_each(store: CentralStore) -> None:
    def send() -> None:
        for _ in range(10):
            store.downlink.send_command(DEVICE, "report", {}, NOW_MS + 10_000_000, OFFICER)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [message.number for message in store.downlink.pending_messages(DEVICE, 100)]
    assert len(set(numbers)) == 40
    assert numbers == sorted(numbers)


def test_what_is_applied_no_longer_waits_and_a_restart_finds_the_rest(store: CentralStore, migrated_url: str) -> None:
    for _ in range(3):
        store.downlink.send_command(DEVICE, "report", {}, NOW_MS + 10_000_000, OFFICER)
    assert store.downlink.devices_waiting("") == [DEVICE]
    assert store.downlink.devices_told_since(NOW_MS) == [DEVICE]
    assert store.downlink.devices_told_since(NOW_MS + 1) == []
    second = store.downlink.pending_messages(DEVICE)[1].number
    store.downlink.messages_applied(DEVICE, second)
    other = open_central(migrated_url)
    assert [message.number for message in other.downlink.pending_messages(DEVICE)] == [second + 1]
    other.downlink.messages_applied(DEVICE, second + 1)
    other.close()
    assert store.downlink.devices_waiting("") == []


def test_a_request_can_be_moved_on_while_its_kiosk_is_offline(store: CentralStore, service: Journal) -> None:
    store.downlink.update_request(REQUEST, RequestState.CHECKING, "", OFFICER)
    store.downlink.update_request(REQUEST, RequestState.SIGNING, "menunggu lurah", OFFICER)
    with pytest.raises(BadTransition):
        store.downlink.update_request(REQUEST, RequestState.COLLECTED, "", OFFICER)
    assert bodies(store) == [
        {"request": REQUEST, "state": "checking", "note": ""},
        {"request": REQUEST, "state": "signing", "note": "menunggu lurah"},
    ]


def test_a_request_of_nobody_and_a_device_of_nobody_are_not_found(store: CentralStore) -> None:
    with pytest.raises(NotFound):
        store.downlink.update_request("nothing", RequestState.CHECKING, "", OFFICER)
    with pytest.raises(NotFound):
        store.downlink.send_command(OTHER_DEVICE, "report", {}, NOW_MS + 1, OFFICER)
    with pytest.raises(NotFound):
        store.downlink.command("nothing")


@pytest.mark.parametrize(
    ("name", "arguments", "expires_ms"),
    [
        ("", {}, NOW_MS + 1),
        ("x" * 65, {}, NOW_MS + 1),
        ("a\0", {}, NOW_MS + 1),
        ("x", {}, NOW_MS),
        ("x", {}, NOW_MS + 91 * 86_400_000),
        ("x", {"a": "y" * 9_000}, NOW_MS + 1),
    ],
)
def test_a_command_that_no_kiosk_would_take_is_not_sent(
    store: CentralStore, name: str, arguments: dict[str, object], expires_ms: int
) -> None:
    with pytest.raises(BadInput):
        store.downlink.send_command(DEVICE, name, arguments, expires_ms, OFFICER)
    assert bodies(store) == []


def test_a_result_is_kept_once_and_only_from_the_kiosk_that_was_asked(store: CentralStore, clock: ManualClock) -> None:
    store.enrol(OTHER_DEVICE, PUBLIC_KEY, SITE)
    command_id = store.downlink.send_command(DEVICE, "report", {"a": 1}, NOW_MS + 60_000, OFFICER)
    waiting = store.downlink.command(command_id)
    assert (waiting.ok, waiting.finished_ms, waiting.arguments) == (None, None, {"a": 1})
    stranger = Journal(Lane.SERVICE, device=OTHER_DEVICE)
    stranger.add("command.result", {"id": command_id, "name": "report", "ok": True, "result": {}, "why": ""})
    stranger.send(store)
    assert store.downlink.command(command_id).ok is None
    own = Journal(Lane.SERVICE)
    result = {"free_bytes": 5, "nul": "\0"}
    own.add("command.result", {"id": command_id, "name": "report", "ok": False, "result": result, "why": "habis"})
    own.add("command.result", {"id": command_id, "name": "report", "ok": True, "result": {}, "why": ""})
    for _ in range(3):
        own.send(store)
    found = store.downlink.command(command_id)
    assert (found.ok, found.result, found.why) == (False, result, "habis")
    assert store.downlink.commands(DEVICE) == [found]
    assert store.faults()["quarantine"] == 0


def test_the_most_specific_scope_wins(store: CentralStore) -> None:
    for scope in ("nation", "province:31", "city:31.74", SITE_SCOPE, f"device:{DEVICE}"):
        head = store.downlink.publish_document(scope, "news", scope.encode(), OFFICER)
        assert store.downlink.desired_for(DEVICE) == {"news": head}
    store.downlink.publish_document("province:32", "news", b"elsewhere", OFFICER)
    assert store.downlink.desired_for(DEVICE) == {"news": head}
    assert store.downlink.desired_for("31.74.05.1001-k2")["news"].version == 4
    assert store.downlink.desired_for("31.73.05.1001-k1")["news"].version == 2
    assert store.downlink.desired_for("99.01.01.0001-k1")["news"].version == 1


def test_a_roll_back_returns_step_by_step_and_then_to_the_wider_scope(store: CentralStore) -> None:
    store.downlink.publish_document("nation", "news", b"nation", OFFICER)
    for body in (b"one", b"two", b"three"):
        store.downlink.publish_document(SITE_SCOPE, "news", body, OFFICER)
    seen = []
    for _ in range(3):
        store.downlink.roll_back(SITE_SCOPE, "news", OFFICER)
        head = store.downlink.desired_for(DEVICE)["news"]
        seen.append(store.downlink.document_body("news", head.sha256))
    assert seen == [b"two", b"one", b"nation"]
    with pytest.raises(Conflict):
        store.downlink.roll_back(SITE_SCOPE, "news", OFFICER)
    again = store.downlink.publish_document(SITE_SCOPE, "news", b"two", OFFICER)
    assert again.version == 3
    assert store.downlink.roll_back(SITE_SCOPE, "news", OFFICER) is None


def test_the_same_body_is_kept_once_and_publishing_it_again_changes_nothing(store: CentralStore) -> None:
    first = store.downlink.publish_document("nation", "news", b"same", OFFICER)
    count = len(store.downlink.desired_since(0))
    assert store.downlink.publish_document("nation", "news", b"same", OFFICER) == first
    assert len(store.downlink.desired_since(0)) == count
    assert store.downlink.publish_document(SITE_SCOPE, "news", b"same", OFFICER) == first
    assert store.downlink.publish_document("nation", "guide", b"same", OFFICER).version == 1


def test_a_reader_of_the_log_sees_every_change_in_order(store: CentralStore) -> None:
    start = store.downlink.publication_mark()
    publishers = [
        threading.Thread(target=store.downlink.publish_document, args=("nation", f"n{number}", b"x", OFFICER))
        for number in range(8)
    ]
    seen, at = list[str](), start
    for publisher in publishers:
        publisher.start()
    while len(seen) < len(publishers):
        for change in store.downlink.desired_since(at):
            seen.append(change.name)
            assert change.number > at
            at = change.number
    for publisher in publishers:
        publisher.join()
    assert sorted(seen) == [f"n{number}" for number in range(8)]
    store.downlink.roll_back("nation", "n0", OFFICER)
    (last,) = store.downlink.desired_since(at)
    assert (last.name, last.head, last.number) == ("n0", None, store.downlink.publication_mark())


@pytest.mark.parametrize("scope", ["", "site:", "province:3", "city:3174", "device:x", "nation:1", "province:३१"])
def test_a_scope_that_is_none_is_refused(store: CentralStore, scope: str) -> None:
    with pytest.raises(BadInput):
        store.downlink.publish_document(scope, "news", b"x", OFFICER)
    assert store.downlink.publication_mark() == 0


@pytest.mark.parametrize("name", ["", "News", "1st", "a b", "a/b", "x" * 41, "berita\n"])
def test_a_name_that_is_none_is_refused(store: CentralStore, name: str) -> None:
    with pytest.raises(BadInput):
        store.downlink.publish_document("nation", name, b"x", OFFICER)


def test_only_bodies_within_the_limit_are_published(store: CentralStore) -> None:
    with pytest.raises(BadInput):
        store.downlink.publish_document("nation", "news", b"", OFFICER)
    with pytest.raises(BadInput):
        store.downlink.publish_document("nation", "news", bytes(SIZE_LIMIT_BYTES + 1), OFFICER)
    body = bytes(SIZE_LIMIT_BYTES)
    head = store.downlink.publish_document("nation", "news", body, OFFICER)
    assert store.downlink.document_body("news", head.sha256) == body
    with pytest.raises(NotFound):
        store.downlink.document_body("news", digest_of(b"another"))


def test_scopes_of_a_device_are_scopes() -> None:
    for scope in scopes_of(DEVICE):
        assert require_scope(scope) == scope


def test_what_a_kiosk_holds_follows_its_journal_and_its_greeting(store: CentralStore) -> None:
    one, two = (digest_of(body) for body in (b"one", b"two"))
    journal = Journal(Lane.SERVICE)
    journal.add("document.applied", {"name": "news", "version": 1, "sha256": one})
    journal.add("document.applied", {"name": "news", "version": 2, "sha256": two})
    journal.send(store, 2, 2)
    journal.send(store, 1, 1)
    assert store.downlink.holdings(DEVICE) == {"news": Holding(2, two[:16])}
    assert store.downlink.holdings_page("") == {DEVICE: {"news": Holding(2, two[:16])}}
    assert store.downlink.holdings_page(DEVICE) == {}
    mark = store.change_mark()
    store.downlink.greet(DEVICE, journal.epoch, {"news": Holding(2, two[:16])})
    assert store.change_mark() == mark  # it said nothing new
    store.downlink.greet(DEVICE, "ffffffffffffffff", {"guide": Holding(7, one[:16])})
    assert store.downlink.holdings(DEVICE) == {"guide": Holding(7, one[:16])}
