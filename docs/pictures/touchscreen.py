"""The resident's screen and the officers' inbox, ten times, from the very screens that the tests look at.

Each is opened by a touch screen's browser on a real server in a temporary folder; every one has passed the machine's
eye (`tests/web/glass.js`) before it is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, Page, ViewportSize

from docs.pictures.files import write_picture
from kiosk.sealing.office_key import Cost, make_office_key
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate
from kiosk.store.officers import add_officer
from kiosk.web.app import create_app
from tests.web.looking import LOOK, PANELS
from tests.web.screens import SCREENS, Visitor
from tests.web.site import PIN, make_settings, running

_WIDTH_PX = 900
_PHRASE = "padi sawah kentongan"


class Shot(msgspec.Struct, frozen=True):
    """One picture: a screen of `tests.web.screens`, the panel, and how its resident wants to see it."""

    name: str
    screen: str
    panel: str = "10"
    language: str = "id"
    text: str = "100"
    contrast: str = "normal"
    seat: str = "high"
    keys: str = ""  # typed on the page before


SHOTS = (
    Shot("screen-service", "service"),
    Shot("screen-nik", "nik", panel="7", keys="31740557"),
    Shot("screen-review", "review"),
    Shot("screen-receipt", "receipt", language="en"),
    Shot("screen-topic", "topic", language="jv"),
    Shot("screen-tracking", "found-request", panel="7"),
    Shot("screen-survey", "survey", language="su"),
    Shot("screen-large", "home", text="200", contrast="high"),
    Shot("screen-seated", "home", panel="21", language="min", seat="low"),
)
INBOX = "desk-inbox"


def take_touchscreen(browser: Browser, folder: Path) -> Iterator[Path]:
    """Writes all of them. Raises RuntimeError when the machine finds a fault on one."""
    with tempfile.TemporaryDirectory(prefix="kentongan-screens-") as name:
        settings = make_settings(Path(name))
        migrate(settings.database, settings.device)
        make_office_key(settings.office_key, _PHRASE, Cost(1, 8_192))
        with closing(open_store(settings.database)) as store, running(create_app(settings, store)) as address:
            add_officer(store, "Ratna", PIN)
            for shot in SHOTS:
                yield write_picture(folder / f"{shot.name}.png", _taken(browser, address, store, shot), _WIDTH_PX)
            yield write_picture(folder / f"{INBOX}.png", _inbox(browser, address), _WIDTH_PX)


def _taken(browser: Browser, address: str, store: Store, shot: Shot) -> bytes:
    width, height = PANELS[shot.panel]
    size = ViewportSize(width=width, height=height)
    with closing(
        browser.new_context(viewport=size, has_touch=True, base_url=address, reduced_motion="reduce")
    ) as context:
        visitor = Visitor(context, store)
        visitor.post("tampilan", language=shot.language, text=shot.text, contrast=shot.contrast, seat=shot.seat)
        page = context.new_page()
        page.goto(f"/kiosk/{SCREENS[shot.screen](visitor)}")
        if page.locator("[data-keys]").count():
            page.wait_for_selector("[data-keys][data-ready]")
        for key in shot.keys:
            page.locator(f'.hg-button[data-skbtn="{key}"]').tap()
            page.wait_for_timeout(140)
        if faults := page.evaluate(LOOK):
            raise RuntimeError(f"{shot.name}: {faults}")
        _rewind(page)
        return page.screenshot()


def _rewind(page: Page) -> None:
    """The machine has turned all pages; a reader begins with the first."""
    back = page.locator('[data-turn="-1"]:visible:enabled')
    while back.count():
        back.first.click()


def _inbox(browser: Browser, address: str) -> bytes:
    """The list as an officer sees it who has typed the pass phrase."""
    size = ViewportSize(width=1366, height=768)
    with closing(browser.new_context(viewport=size, base_url=address)) as context:
        page = context.new_page()
        page.goto("/loket/")
        page.select_option("#officer", "Ratna")
        page.fill("#pin", PIN)
        page.keyboard.press("Enter")
        page.wait_for_url("**/konsol")
        page.goto("/loket/kotak/")
        page.fill("#phrase", _PHRASE)
        page.keyboard.press("Enter")
        page.wait_for_selector('.inbox-key[data-state="ok"]')
        return page.screenshot()
