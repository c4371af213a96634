"""What the resident's screen does by itself, in a real Chromium: alarm, idle, power, history; also board and desk.

The seven paths are walked in `test_paths`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect

from kiosk.core.alert import AlertAction, AlertCode
from kiosk.core.clock import SystemClock
from kiosk.core.settings import SiteSettings
from kiosk.store.alerts import advance, raise_alert
from kiosk.store.database import Store
from kiosk.store.tickets import of_day, today
from kiosk.web.app import create_app
from tests.web.hand import look
from tests.web.site import PIN, running

PANELS = [(800, 480)]

# Text that is cut off by the screen, and controls under something else or smaller than a finger (10 mm).
FAULTS = """() => {
  const faults = [], mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'));
  const shown = (element) => {
    for (let one = element; one; one = one.parentElement)
      if (one.hidden || getComputedStyle(one).clipPath !== 'none' || one.matches('dialog:not([open])')) return false;
    return true;
  };
  if (document.documentElement.scrollHeight > innerHeight) faults.push('the page scrolls');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim();
    if (!words || !shown(walker.currentNode.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects())
      if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1)
        faults.push('off the screen: ' + words);
  }
  for (const key of document.querySelectorAll('main a, main button, nav a, nav button, .tool')) {
    const box = key.getBoundingClientRect();
    if (!shown(key) || !box.width || getComputedStyle(key).pointerEvents === 'none') continue;
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (top && !key.contains(top)) faults.push('covered: ' + key.textContent.trim());
    if (box.height < 10 * mm - 1 || box.width < 10 * mm - 1) faults.push('too small: ' + key.textContent.trim());
  }
  return faults;
}"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """The machine's browser with its back-forward cache, else "back" is never what a resident gets."""
    left_out = ["--disable-back-forward-cache"]
    browser = playwright.chromium.launch(**browser_type_launch_args, ignore_default_args=left_out)
    yield browser
    browser.close()


@pytest.fixture
def clock() -> SystemClock:
    """A screen counts the seconds of a real clock."""
    return SystemClock()


@pytest.fixture(params=PANELS, ids=lambda size: f"{size[0]}x{size[1]}")
def glass(chromium: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    yield from touchscreen(chromium, server, width, height)


def touchscreen(chromium: Browser, server: str, width: int, height: int) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=True, base_url=server)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    page.goto("/kiosk/")
    yield page
    context.close()
    assert errors == []


def sound(page: Page) -> None:
    assert page.evaluate(FAULTS) == []


def tap(page: Page, role: Literal["link", "button"], name: str, to: str) -> None:
    """Touches a key, waits for the page it leads to, and looks for faults there."""
    look(page).get_by_role(role, name=name, exact=name == "Darurat").tap()
    page.wait_for_url(f"**/kiosk/{to}")
    sound(page)


def take_number(page: Page) -> str:
    tap(page, "link", "Ambil nomor", "layanan/")
    tap(page, "link", "Usaha & penghasilan", "layanan/usaha-dan-penghasilan/")
    tap(page, "link", "Surat Keterangan Usaha", "layanan/usaha-dan-penghasilan/usaha")
    tap(page, "button", "Ambil nomor", "tiket")
    return page.locator(".ticket-stub .code").inner_text()


def test_a_resident_takes_a_number_finishes_and_leaves_nothing(glass: Page) -> None:
    sound(glass)
    code = take_number(glass)
    expect(glass.locator(".ticket-number .number")).to_have_text("A-001")
    expect(glass.locator("svg.qr")).to_be_visible()
    tap(glass, "button", "Selesai", "")
    for _ in range(4):
        glass.evaluate("history.back()")
        expect(glass.locator(".tiles--start")).to_be_visible()
        expect(glass.locator("body")).not_to_contain_text(code)
    assert glass.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_two_touches_call_for_help_and_the_answer_is_seen_live(glass: Page, store: Store) -> None:
    tap(glass, "link", "Darurat", "darurat/")
    glass.get_by_role("radio", name="Medis").tap()
    tap(glass, "button", "Panggil sekarang", "darurat/panggilan")
    expect(glass.locator(".alarm-title")).to_have_text("Mengirim…")
    row = store.one("SELECT id FROM alert")
    assert row
    advance(store, row[0], AlertAction.RECEIVE, "mqtt")
    expect(glass.locator(".alarm-title")).to_have_text("Terkirim, menunggu petugas")
    sound(glass)
    advance(store, row[0], AlertAction.TIME_OUT, "clock")
    expect(glass.locator(".alarm-title")).to_have_text("BELUM ADA YANG MENJAWAB — hubungi 110")
    sound(glass)
    advance(store, row[0], AlertAction.ACKNOWLEDGE, "posko", officer="Bripka Sari")
    expect(glass.locator(".alarm-title")).to_have_text(re.compile("Diterima oleh Bripka Sari, pukul"))
    tap(glass, "button", "Awal", "")
    expect(glass.locator(".banner-place .alarm-title")).to_be_visible()


def test_a_press_of_the_button_takes_over_whatever_the_screen_shows(glass: Page, store: Store) -> None:
    glass.goto("/kiosk/info/biaya")
    raise_alert(store, AlertCode.PANIC, "panic")
    glass.wait_for_url("**/kiosk/darurat/panggilan")
    expect(glass.locator(".alarm-title")).to_have_text("Mengirim…")


def test_an_idle_screen_warns_and_is_wiped_but_not_while_nobody_answers(
    chromium: Browser, settings: SiteSettings, store: Store
) -> None:
    soon = msgspec.structs.replace(settings.kiosk, idle_warning_s=5.0, idle_wipe_s=5.0)
    with running(create_app(msgspec.structs.replace(settings, kiosk=soon), store)) as address:
        for page in touchscreen(chromium, address, 1280, 800):
            alert = raise_alert(store, AlertCode.PANIC, "panic")
            page.wait_for_url("**/kiosk/darurat/panggilan")
            waited = re.compile(r"00\.(1[1-9]|[2-5]\d)")
            expect(page.locator(".alarm-since .number")).to_have_text(waited, timeout=15_000)
            assert page.url.endswith("/panggilan")
            advance(store, alert.id, AlertAction.ACKNOWLEDGE, "posko", officer="Sari")
            tap(page, "button", "Awal", "")
            take_number(page)
            expect(page.get_by_text("Anda masih di sini?")).to_be_visible(timeout=8_000)
            page.get_by_role("button", name="Ya, lanjutkan").tap()
            expect(page.get_by_text("Anda masih di sini?")).to_be_hidden()
            page.wait_for_url("**/kiosk/", timeout=15_000)
            page.goto("/kiosk/tiket")
            page.wait_for_url("**/kiosk/")


def test_when_the_machine_loses_its_power_the_page_says_so_and_the_number_is_drawn_once(
    chromium: Browser, app: Flask, store: Store, settings: SiteSettings
) -> None:
    pages: Iterator[Page] | None = None
    with running(app) as address:
        pages = touchscreen(chromium, address, 1280, 800)
        page = next(pages)
        page.goto("/kiosk/layanan/usaha-dan-penghasilan/usaha")
        look(page)
        port = int(address.rsplit(":", 1)[1])
    page.evaluate("document.querySelector('form.actions').requestSubmit()")
    expect(page.locator("#restart")).to_be_visible()
    expect(page.locator("#restart")).to_contain_text("Mesin ini sedang dinyalakan kembali")
    with running(create_app(settings, store), port):
        page.wait_for_url("**/kiosk/tiket")
        expect(page.locator(".ticket-number .number")).to_have_text("A-001")
        assert len(of_day(store, today(store) or "")) == 1
        for _ in pages:
            pass


def test_the_board_lights_a_call_and_the_desk_works_by_keyboard(chromium: Browser, server: str, store: Store) -> None:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=server)
    api = context.request
    assert api.post("/api/v1/tickets", data={"service": "usaha"}).status == 201
    board, desk = context.new_page(), context.new_page()
    board.goto("/papan/")
    expect(board.locator(".calling-word")).to_have_text("Belum ada nomor yang dipanggil")
    desk.goto("/loket/")
    desk.select_option("#officer", "Ratna")
    desk.fill("#pin", PIN)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/konsol")
    desk.locator("h1").click()
    desk.keyboard.press("Space")
    expect(desk.locator(".current-number")).to_have_text("A-001")
    expect(board.locator(".calling-number")).to_have_text("A-001")
    expect(board.locator("body")).to_have_attribute("data-call", "new")
    desk.keyboard.press("s")
    expect(desk.locator(".current-none")).to_be_visible()
    assert api.post("/api/v1/tickets", data={"service": "domisili"}).status == 201
    expect(desk.locator(".queue-number")).to_have_text("B-001")
    context.close()
