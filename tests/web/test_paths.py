"""The seven paths of the start screen in a real browser, by touch alone: both languages, all panels, with and without
a central, and with a server that dies in the middle.

The quick run walks each path once, every panel, language and network among them; the whole cross is the soak's. "With a
central" is the real one: broker, agent and ingest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Playwright, expect

from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.settings import SiteSettings
from kiosk.store.alerts import open_alerts
from kiosk.store.complaints import recent_complaints
from kiosk.store.database import Store
from kiosk.store.requests import recent_requests
from kiosk.store.surveys import survey_index
from kiosk.store.tickets import of_day, today
from kiosk.web.app import create_app
from tests.sync.site import Bench, running_broker
from tests.web.guest import Guest, guest
from tests.web.looking import PANELS
from tests.web.screens import NIK, Visitor, publish
from tests.web.site import running

LANGUAGES = ("id", "en")
NETWORKS = ("offline", "online")


class Hall(msgspec.Struct, frozen=True):
    """A kiosk where a guest stands. `is_online`: a central hears it."""

    settings: SiteSettings
    store: Store
    is_online: bool

    def ticket(self, who: Guest, served: bool = False) -> str:
        """Somebody has drawn a number before; gives its code."""
        visitor = Visitor(who.page.context, self.store)
        code = visitor.ticket()
        if served:
            with self.store.write():
                self.store.run("UPDATE ticket SET state = 'served'")
        visitor.post("selesai")
        return code


def take_a_number(who: Guest, hall: Hall) -> None:
    who.arrive()
    who.follow("/kiosk/layanan/", "/kiosk/layanan/usaha-dan-penghasilan/", "/kiosk/layanan/usaha-dan-penghasilan/usaha")
    who.go_on("**/kiosk/tiket")
    expect(who.page.locator(".ticket-number .number")).to_have_text("A-001")
    expect(who.page.locator("svg.qr")).to_be_visible()
    who.sees("print_queued")
    who.go_on("**/kiosk/")
    assert len(of_day(hall.store, today(hall.store) or "")) == 1


def ask_for_a_letter(who: Guest, hall: Hall) -> None:
    who.arrive()
    who.follow("/kiosk/ajukan/", "/kiosk/ajukan/usaha-dan-penghasilan/", "/kiosk/ajukan/usaha-dan-penghasilan/sktm")
    who.go_on("**/setuju")
    who.go_on("**/isi/nik")
    who.type(NIK)
    who.go_on("**/isi/nama")
    who.type("Siti")
    who.go_on("**/isi/keperluan-sktm")
    who.choose("berobat", "**/isi/telepon")
    who.go_on("**/isi/periksa")
    expect(who.page.locator(".lines")).to_contain_text("3174 05•• •••• ••01")
    who.go_on("**/kiosk/tanda-terima")
    handed_in(who, hall)
    assert [one.service for one in recent_requests(hall.store)] == ["sktm"]


def complain(who: Guest, hall: Hall) -> None:
    who.arrive()
    who.follow("/kiosk/aduan/", "/kiosk/aduan/aduan/")
    who.go_on("**/isi/topik")
    who.choose("jalan", "**/isi/isi")
    who.type("lubang")
    who.go_on("**/isi/lokasi")
    who.go_on("**/isi/identitas")
    who.choose("tanpa-nama", "**/isi/periksa")
    who.go_on("**/kiosk/tanda-terima")
    handed_in(who, hall)
    [complaint] = recent_complaints(hall.store)
    assert (complaint.topic, complaint.anonymous) == ("jalan", True)


def handed_in(who: Guest, hall: Hall) -> None:
    """The receipt says whether the central has it, as soon as that is so."""
    code = who.page.locator(".number--code").inner_text()
    expect(who.page.locator("svg.qr")).to_be_visible()
    way = who.say("case_at_central" if hall.is_online else "case_stored", code=code)
    expect(who.page.locator(".receipt-way")).to_contain_text(way, timeout=15_000)
    who.look()
    who.go_on("**/kiosk/")


def follow_a_number(who: Guest, hall: Hall) -> None:
    code = hall.ticket(who)
    who.arrive()
    who.follow("/kiosk/lacak")
    who.type_code("K7F-234-QX3")
    who.go_on("**/kiosk/lacak")
    expect(who.page.locator("#code-error")).to_be_visible()
    for _ in range(9):
        who.page.locator(".key-delete").tap()
        who.page.wait_for_timeout(140)
    who.type_code(code)
    expect(who.page.locator("#code")).to_have_value(code)
    who.go_on("**/lacak/hasil")
    expect(who.page.locator(".ticket-state")).to_have_text(who.say("ticket_waiting"))


def read_what_is_new(who: Guest, hall: Hall) -> None:
    publish(hall.store)
    who.arrive()
    who.follow("/kiosk/info/", "/kiosk/info/saluran/news/", "/kiosk/info/saluran/news/0")
    expect(who.page.locator(".entry").first).to_contain_text("Pelayanan keliling 1")
    expect(who.page.locator(".actions-words")).to_be_visible()  # how old it is
    who.touch(who.page.locator(".bar-key").nth(1), "**/info/saluran/news/")
    who.touch(who.page.locator(".bar-key").nth(1), "**/info/")
    who.follow("/kiosk/info/biaya")
    who.touch(who.page.locator(".bar-key").nth(1), "**/info/")
    who.follow("/kiosk/info/darurat")
    expect(who.page.locator(".phone-list")).to_contain_text("112")


def answer_the_survey(who: Guest, hall: Hall) -> None:
    code = hall.ticket(who, served=True)
    who.arrive()
    who.follow("/kiosk/survei/")
    who.type_code(code)
    who.go_on("**/survei/1")
    for number in range(1, 10):
        face = who.page.locator(f'button[name="value"][value="{1 + number % 4}"]')
        who.touch(face, "**/survei/selesai" if number == 9 else f"**/survei/{number + 1}")
    index = survey_index(hall.store)
    assert index is not None
    assert index.answers == 1


def call_for_help(who: Guest, hall: Hall) -> None:
    who.arrive()
    who.touch(who.page.locator(".bar-key--alarm"), "**/darurat/")
    who.page.locator("label.kind").first.tap()
    who.go_on("**/darurat/panggilan")
    title = who.page.locator(".alarm-title")
    expect(title).to_have_text("Terkirim, menunggu petugas" if hall.is_online else "Mengirim…", timeout=15_000)
    who.look()
    assert len(open_alerts(hall.store)) == 1
    who.touch(who.page.locator(".bar-key").first, "**/kiosk/")
    expect(who.page.locator(".banner-place .alarm-title")).to_be_visible()


Path_ = Callable[[Guest, Hall], None]
PATHS: dict[str, Path_] = {
    "ticket": take_a_number,
    "request": ask_for_a_letter,
    "complaint": complain,
    "tracking": follow_a_number,
    "information": read_what_is_new,
    "survey": answer_the_survey,
    "emergency": call_for_help,
}
EVERY = [
    (path, panel, language, network)
    for path in PATHS
    for panel in PANELS
    for language in LANGUAGES
    for network in NETWORKS
]
QUICK = [(path, list(PANELS)[at % 3], LANGUAGES[at % 2], NETWORKS[(at + 1) // 2 % 2]) for at, path in enumerate(PATHS)]


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(**browser_type_launch_args)
    yield browser
    browser.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker"))
        yield Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)


def walk(chromium: Browser, bench: Bench, path: str, panel: str, language: str, network: str) -> None:
    printer = PrinterSettings(connection="file", path=str(bench.folder / "paper"))
    settings = msgspec.structs.replace(bench.settings, printer=printer)
    hall = Hall(settings, bench.site, network == "online")
    with ExitStack() as stack:
        address = stack.enter_context(running(create_app(settings, bench.site)))
        if hall.is_online:
            stack.enter_context(bench.ingest())
            stack.enter_context(bench.agent())
        PATHS[path](stack.enter_context(guest(chromium, address, PANELS[panel], language)), hall)


@pytest.mark.parametrize(("path", "panel", "language", "network"), QUICK)
def test_a_path_is_walked_by_touch_alone(
    chromium: Browser, bench: Bench, path: str, panel: str, language: str, network: str
) -> None:
    walk(chromium, bench, path, panel, language, network)


@pytest.mark.soak
@pytest.mark.parametrize(("path", "panel", "language", "network"), EVERY)
def test_every_path_on_every_panel_in_both_languages_with_and_without_a_network(
    chromium: Browser, bench: Bench, path: str, panel: str, language: str, network: str
) -> None:
    walk(chromium, bench, path, panel, language, network)


MIDDLE = {  # a page in the middle of each path, and what is there to touch
    "ticket": ("layanan/usaha-dan-penghasilan/", "main .tile"),
    "tracking": ("lacak", "[data-key]"),
    "information": ("info/", "main .tile"),
    "emergency": ("darurat/", "label.kind"),
    "request": ("isi/nik", "main .go"),
    "complaint": ("isi/topik", "main .tile"),
    "survey": ("survei/1", "main .tile"),
}


@pytest.mark.parametrize(
    "path", [path if path == "emergency" else pytest.param(path, marks=pytest.mark.soak) for path in MIDDLE]
)
def test_a_server_that_dies_in_the_middle_of_a_path_is_told_and_the_page_comes_back_by_itself(
    chromium: Browser, settings: SiteSettings, store: Store, path: str
) -> None:
    start, touched = MIDDLE[path]
    with ExitStack() as stack:
        with running(create_app(settings, store)) as address:
            port = int(address.rsplit(":", 1)[1])
            who = stack.enter_context(guest(chromium, address, PANELS["10"], "en"))
            who.arrive()
            _prepare(path, who, Hall(settings, store, False))
            who.page.goto(f"/kiosk/{start}")
            expect(who.page.locator(touched).first).to_be_visible()
        expect(who.page.locator("#restart")).to_be_visible()
        expect(who.page.locator("#restart")).to_contain_text(who.say("restarting"))
        with running(create_app(settings, store), port):
            expect(who.page.locator("#restart")).to_be_hidden(timeout=15_000)
            if path in ("request", "complaint", "survey"):  # what was typed lived in the process that died
                expect(who.page.locator("main")).to_contain_text("tidak lagi ada di mesin ini")
                who.touch(who.page.locator(".bar-key").first, "**/kiosk/")
            else:
                expect(who.page.locator(touched).first).to_be_visible()
            PATHS[path](who, Hall(settings, store, False))


def _prepare(path: str, who: Guest, hall: Hall) -> None:
    visitor = Visitor(who.page.context, hall.store)
    if path == "request":
        visitor.begin("request", "sktm")
    elif path == "complaint":
        visitor.begin("complaint", "aduan")
    elif path == "survey":
        visitor.surveyed()
        with hall.store.write():
            hall.store.run("DELETE FROM ticket")
