"""A morning at an office in real browsers: 40 residents, three counters, a priority ticket, transfers, people who are
not there, the server restarted in between. Board, report and journal agree at the end, to the last call."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect

from kiosk.core.event import Lane
from kiosk.core.settings import SiteSettings
from kiosk.core.voice_settings import VoiceSettings
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.officers import add_officer
from kiosk.store.report import day_report
from kiosk.store.tickets import today
from kiosk.voice.engines import Voice
from kiosk.web.app import create_app, office_of
from kiosk.web.office import EXTENSION
from tests.store.checks import require_sound_journal
from tests.web.site import PIN, free_port, running
from tests.web.test_board_feed import call
from tests.web.test_counter import waiting

RESIDENTS = 40
SERVICES = ("usaha", "kelahiran", "kehilangan", "domisili", "kematian", "sktm", "pengantar-skck", "belum-menikah")
HEAR = """() => {
  const take = calls.take.bind(calls);
  window.heard = [];
  calls.take = (call) => { heard.push([call.id, call.number, call.counter, call.call]); take(call); };
}"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """The machine's browser, which may sound without a touch, as on a television."""
    wanted = [*browser_type_launch_args["args"], "--autoplay-policy=no-user-gesture-required"]
    browser = playwright.chromium.launch(**{**browser_type_launch_args, "args": wanted})
    yield browser
    browser.close()


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Waits while the page lives on, for half a minute at most."""
    for _ in range(600):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came")


def sign_in(page: Page, officer: str, counter: int) -> Page:
    page.goto("/loket/")
    page.select_option("#officer", officer)
    page.select_option("#counter", str(counter))
    page.fill("#pin", PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/konsol")
    return page


def call_next(desk: Page) -> str:
    expect(desk.locator(".next-button")).to_be_enabled()
    desk.keyboard.press("Space")
    expect(desk.locator(".current-number")).to_be_visible()
    return desk.locator(".current-number").inner_text()


def press(desk: Page, key: str) -> None:
    """A key that ends a visit."""
    desk.keyboard.press(key)
    expect(desk.locator(".current-none")).to_be_visible()


def transfer(desk: Page, service: str) -> None:
    desk.keyboard.press("a")
    desk.select_option("#transfer-service", service)
    desk.fill("#transfer-reason", "layanan lain")
    desk.fill("#transfer-note", "KTP sudah dicek")
    desk.keyboard.press("Enter")
    expect(desk.locator(".current-none")).to_be_visible()


def grant_priority(desk: Page, number: str) -> None:
    desk.get_by_role("button", name=f"Urus nomor {number}").click()
    desk.select_option("#priority-which", "lansia")
    desk.fill("#priority-reason", "menunjukkan KTP")
    desk.get_by_role("button", name="Simpan prioritas").click()
    expect(desk.locator("tr[aria-current=true] .queue-number")).to_have_text(number)


def work_until_empty(desks: list[Page]) -> list[str]:
    """Every desk calls and finishes in turn until nobody waits for it."""
    served = []
    busy = True
    while busy:
        busy = False
        for desk in desks:
            if desk.locator(".next-button").is_enabled():
                served.append(call_next(desk))
                press(desk, "s")
                busy = True
    return served


def test_a_morning_ends_with_a_board_a_report_and_a_journal_that_agree(
    chromium: Browser, settings: SiteSettings, store: Store, app: Flask
) -> None:
    add_officer(store, "Wulan", PIN, "supervisor")
    port, served = free_port(), list[str]()
    size: Any = {"width": 1366, "height": 768}
    with ExitStack() as until_closed:
        contexts = [
            chromium.new_context(viewport=size, base_url=f"http://127.0.0.1:{port}")
            for _ in ("Ratna", "Wulan", "Budi", "board")
        ]
        for context in contexts:
            until_closed.callback(context.close)
        board = contexts[3].new_page()
        with running(app, port):
            api = contexts[3].request
            numbers = []
            for at in range(RESIDENTS):
                drawn = api.post("/api/v1/tickets", data={"service": SERVICES[at % len(SERVICES)]})
                assert drawn.status == 201
                numbers.append(drawn.json()["number"])
            board.goto("/papan/")
            board.evaluate(HEAR)
            desks = [
                sign_in(context.new_page(), officer, counter)
                for context, officer, counter in zip(contexts, ("Ratna", "Wulan", "Budi"), (1, 2, 3), strict=False)
            ]
            missed = [call_next(desks[1]), call_next(desks[2])]
            for desk in desks[1:]:
                desk.keyboard.press("u")
                expect(desk.get_by_text("Dipanggil 2 kali")).to_be_visible()
                press(desk, "t")
            old = numbers[8 * 3]  # the fourth who came for a business letter is eighty
            grant_priority(desks[0], old)
            assert call_next(desks[0]) == old
            desks[0].keyboard.press("m")
            expect(desks[0].get_by_text("Sedang dilayani")).to_be_visible()
            transfer(desks[0], "kelahiran")
        expect(board.locator("body")).to_have_attribute("data-link", "stale", timeout=15_000)
        expect(board.locator("[data-when=stale]")).to_contain_text("keadaan")
        again = create_app(settings, store)
        with running(again, port):
            for desk in desks:
                expect(desk.locator("[data-link=live]")).to_be_visible(timeout=15_000)
            assert call_next(desks[1]) == old  # priority, and the first arrival was kept
            expect(desks[1].get_by_text("KTP sudah dicek")).to_be_visible()
            press(desks[1], "s")
            served = [old, *work_until_empty(desks)]
            expect(board.locator(".waiting-all dd")).to_have_text("0")
            desks[1].goto("/loket/pengawas")
            desks[1].fill("#reason-tutup", "jam tutup")
            desks[1].get_by_role("button", name="Tutup hari").click()
            expect(desks[1].get_by_text("0 nomor diakhiri")).to_be_visible()
            expect(board.locator(".calling-hint")).to_be_visible()
            desks[1].get_by_role("link", name="Laporan").click()
            report_page = desks[1].locator(".report").inner_text()
            heard = board.evaluate("heard")

    assert sorted([*served, *missed]) == sorted(numbers), "somebody was skipped or served twice"
    report = day_report(store, today(store) or "", 7)
    assert (report.drawn, report.served, report.missed, report.still_open) == (RESIDENTS, RESIDENTS - 2, 2, 0)
    assert report.is_balanced
    assert f"Selesai dilayani\t{RESIDENTS - 2}" in report_page
    told = events(store, Lane.SERVICE, 0, 10_000)
    kinds = Counter(event.kind for event in told)
    assert (kinds["ticket.issued"], kinds["ticket.served"], kinds["ticket.no-show"]) == (RESIDENTS, RESIDENTS - 2, 2)
    assert (kinds["ticket.transferred"], kinds["ticket.priority-granted"], kinds["day.closed"]) == (1, 1, 1)
    calls = [json.loads(event.body) for event in told if event.kind in ("ticket.called", "ticket.recalled")]
    assert [(number, counter) for _, number, counter, _ in heard] == [(one["number"], one["counter"]) for one in calls]
    assert [at for at, *_ in heard] == list(range(1, len(calls) + 1))
    require_sound_journal(store)


def test_calls_that_come_at_once_are_spoken_one_after_the_other(
    chromium: Browser, app: Flask, store: Store, settings: SiteSettings
) -> None:
    here = office_of(app)
    object.__setattr__(here, "voice", Voice(VoiceSettings(engine="chime")))
    assert app.extensions[EXTENSION] is here
    waiting(store, 2)
    with running(app) as address:
        board = chromium.new_page(base_url=address)
        board.goto("/papan/?suara=1")
        expect(board.locator("#sound")).to_have_attribute("aria-pressed", "true")
        until(board, lambda: len(here.speakers) == 1)
        for counter in (1, 3):
            call(app, store, counter)
        until(board, lambda: board.evaluate("calls.spoken.length") == 2)
        spoken = board.evaluate("calls.spoken")
        board.close()
    assert [number for number, _, _ in spoken] == ["A-001", "A-002"]
    for (_, began, ended), (_, next_began, _) in pairwise(spoken):
        assert ended - began > 500, "a chime lasts longer"
        assert next_began >= ended
