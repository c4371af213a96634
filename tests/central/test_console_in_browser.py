"""The console as an officer meets it: in a real browser, over a real server, without a reload."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from waitress.server import create_server
from waitress.wasyncore import close_all

from kiosk.core.alert import AlertAction
from kiosk.core.event import Lane
from sync.central.store import CentralStore
from tests.central.stories import TRACK, Journal, issued, raise_alert
from tests.central.web import OFFICER, PASSWORD, make_app

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@pytest.fixture
def address(store: CentralStore) -> Iterator[str]:
    app = make_app(store)
    server: Any = create_server(app, host="127.0.0.1", port=0, threads=12)  # its stubs know only half of it
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    app.extensions["streams"].close()
    server.task_dispatcher.shutdown(timeout=5)  # requests end before the line they answer on
    with suppress(OSError):  # a loop that was awake has closed all, its trigger too, before it could be woken
        server.trigger.pull_trigger(lambda: close_all(server._map))  # in its own loop, which ends when nothing is open
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def post(page: Page, address: str) -> Iterator[Page]:
    """A signed-in console of the size that posts have, with a stream that lives; any script error fails the test."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in_at(page, address)
    yield page
    page.close()
    assert wrong == []


def sign_in_at(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Nama petugas").fill(OFFICER)
    page.get_by_label("Kata sandi atau PIN").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator("#link-state")).to_contain_text("Tersambung")


def test_an_alert_appears_by_itself_and_one_key_accepts_it(post: Page, store: CentralStore) -> None:
    expect(post.get_by_role("heading", name="Tidak ada panggilan terbuka")).to_be_visible()
    alert_id = raise_alert(store, "fire")
    expect(post.get_by_role("heading", name="Kebakaran")).to_be_visible(timeout=2_000)
    expect(post).to_have_title("(1) Posko · Kentongan")
    expect(post.get_by_text("Belum dijawab")).to_be_visible()
    post.keyboard.press("t")
    expect(post.get_by_text(f"Diterima {OFFICER}")).to_be_visible(timeout=2_000)
    assert store.alert(alert_id).officer == OFFICER
    expect(post).to_have_title("Posko · Kentongan")


def test_an_alert_is_carried_to_its_end_without_leaving_the_page(post: Page, store: CentralStore) -> None:
    alert_id = raise_alert(store)
    post.get_by_role("button", name="Terima panggilan").click()
    post.get_by_label("Unit").fill("Patroli 3")
    post.get_by_label("Tiba (menit)").fill("7")
    post.get_by_role("button", name="Kirim unit").click()
    post.get_by_role("button", name="Patroli 3 sudah tiba").click()
    post.get_by_label("Salah tekan").check()
    post.get_by_role("button", name="Tutup").click()
    expect(post.get_by_role("heading", name="Tidak ada panggilan terbuka")).to_be_visible()
    expect(post.locator("a.alert-card")).to_contain_text("Ditutup 07.20 · Salah tekan")
    assert store.alert(alert_id).close_reason == "mistaken"


def test_what_an_officer_is_typing_survives_news(post: Page, store: CentralStore) -> None:
    first = raise_alert(store)
    post.get_by_role("button", name="Terima panggilan").click()
    post.get_by_label("Unit").fill("Patroli 3")
    second = raise_alert(store, "medical")
    expect(post.locator(f'.alert-card[data-alert="{second}"]')).to_be_visible()
    store.answer_alert(second, AlertAction.ACKNOWLEDGE, "Aiptu Rahmat", {}, store.now_ms())
    expect(post.get_by_text("Diterima Aiptu Rahmat")).to_be_visible()
    expect(post.locator(f'.alert-card[data-alert="{first}"]')).to_have_attribute("aria-current", "true")
    expect(post.locator("article:not([hidden]) input[name=unit]")).to_have_value("Patroli 3")


def test_a_ringing_alert_takes_the_place_of_one_that_is_answered(post: Page, store: CentralStore) -> None:
    raise_alert(store)
    post.get_by_role("button", name="Terima panggilan").click()
    expect(post.get_by_label("Unit")).to_be_visible()
    post.locator(".post-clock").click()
    raise_alert(store, "medical")
    expect(post.get_by_role("heading", name="Darurat medis")).to_be_visible(timeout=2_000)


def test_the_second_officer_reads_who_was_first(post: Page, store: CentralStore) -> None:
    alert_id = raise_alert(store)
    button = post.get_by_role("button", name="Terima panggilan")
    expect(button).to_be_visible()

    def answered_by_another(route: Route) -> None:
        store.answer_alert(alert_id, AlertAction.ACKNOWLEDGE, "Aiptu Rahmat", {}, store.now_ms())
        route.continue_()

    post.route("**/acknowledge", answered_by_another)  # faster than the stream can say so
    button.click()
    expect(post.locator("#said")).to_contain_text("panggilan ini sudah diterima oleh Aiptu Rahmat pukul")


def test_tickets_appear_by_themselves_each_once(post: Page, store: CentralStore) -> None:
    journal = Journal(Lane.SERVICE)
    for ordinal in range(1, 4):
        journal.add("ticket.issued", issued(ordinal))
    journal.send(store)
    journal.send(store)
    rows = post.locator("tr[data-ticket]")
    expect(rows).to_have_count(3, timeout=2_000)
    assert sorted(row.get_attribute("data-ticket") or "" for row in rows.all()) == ["A-001", "A-002", "A-003"]


def test_a_silent_stream_turns_the_screen_red_and_says_what_to_do(
    page: Page, address: str, store: CentralStore
) -> None:
    page.clock.install()
    sign_in_at(page, address)
    expect(page.locator("#link-state")).to_contain_text("Tersambung")  # only now does the script watch the clock
    for _ in range(20):  # a frame on its way ends a silence that is only in the page's clock: then once more
        page.clock.fast_forward(21_000)
        if page.locator("#stale:not([hidden])").count():
            break
        page.wait_for_timeout(100)
    expect(page.locator("#stale")).to_be_visible()
    expect(page.locator("#stale")).to_contain_text("radio dan telepon")
    raise_alert(store)  # the next frame ends the silence
    page.clock.fast_forward(500)
    expect(page.locator("#stale")).to_be_hidden()
    page.close()


def test_the_console_fits_its_screen(post: Page, store: CentralStore) -> None:
    for _ in range(12):
        raise_alert(store)
    expect(post.locator("a.alert-card")).to_have_count(12)
    size = post.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [1366, 768]
    button = post.get_by_role("button", name="Terima panggilan").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= 768


def test_sound_that_is_not_allowed_says_so_until_someone_touches_the_page(
    page: Page, address: str, store: CentralStore
) -> None:
    page.add_init_script(
        "const Real = AudioContext;"
        "window.AudioContext = class extends Real {"
        " get state() { return window.touched ? 'running' : 'suspended'; }"
        " resume() { window.touched = true; return super.resume(); } };"
    )
    sign_in_at(page, address)
    expect(page.locator("#sound")).to_contain_text("Nyalakan suara")
    raise_alert(store)
    expect(page.locator("#sound")).to_have_attribute("data-state", "alarm")
    page.locator("#sound").click()
    expect(page.locator("#sound")).to_contain_text("Suara siap")
    page.close()


def test_an_ended_session_leads_back_to_the_sign_in(post: Page, store: CentralStore) -> None:
    raise_alert(store)
    expect(post.get_by_role("button", name="Terima panggilan")).to_be_visible()
    post.context.clear_cookies()
    post.get_by_role("button", name="Terima panggilan").click()
    expect(post.get_by_role("heading", name="Mulai jaga")).to_be_visible()


def test_a_resident_tracks_a_ticket_from_a_phone(page: Page, address: str, store: CentralStore) -> None:
    journal = Journal(Lane.SERVICE)
    journal.add("ticket.issued", issued(1, track=TRACK))
    journal.send(store)
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto(f"{address}/lacak/")
    page.get_by_label("Kode lacak").fill(TRACK.lower())
    page.get_by_role("button", name="Lacak").click()
    expect(page.get_by_role("heading", name="Nomor antrean A-001, Menunggu")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
