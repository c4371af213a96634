"""Every screen looked at by machine in a real browser: whole, reachable, in order, in contrast; by touch only.

The quick run takes the hardest, a language 40 % longer at 200 % on the landscape panels, and Indonesian as most people
see it, with axe-core once a template. The whole cross of screens, panels, languages, sizes and contrasts is the soak's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from kiosk.core.clock import SystemClock
from kiosk.store.database import Store
from kiosk.web.resident.speech import CODES
from tests.web.looking import LOOK, Looks, faults_of
from tests.web.screens import SCREENS, longer_words

SAME_TEMPLATE = {  # as another screen's, so that the quick run tries axe-core on each template once
    *("groups", "services", "request-groups", "request-services", "complain", "channels", "info", "identity", "phone"),
    *("nik", "date", "track", "survey-code", "found-complaint", "help", "complain-consent", "text", "error"),
    *("ticket-unsure", "receipt-unsure"),
}


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(**browser_type_launch_args)
    yield browser
    browser.close()


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def context(chromium: Browser, server: str) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        viewport={"width": 800, "height": 480}, has_touch=True, base_url=server, reduced_motion="reduce"
    )
    yield made
    made.close()


def test_every_screen_is_whole_and_accessible_as_most_people_see_it(context: BrowserContext, store: Store) -> None:
    each_template = frozenset(SCREENS) - SAME_TEMPLATE
    assert faults_of(context, store, Looks(panels=("21", "7"), axe=each_template, axe_panels=("7",))) == {}


def test_no_screen_cuts_words_that_are_longer_and_twice_as_large(
    context: BrowserContext, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with longer_words(monkeypatch):
        assert faults_of(context, store, Looks(texts=("200",), panels=("7", "10"), axe=frozenset())) == {}


def test_the_glass_checks_find_what_is_wrong(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/kiosk/bantuan")
    spoil = [
        "document.querySelector('.page-title').style.cssText = 'margin-left: 700px; white-space: nowrap'",
        "document.querySelector('.bar-key').style.cssText = 'height: 20px'",
        "document.querySelector('.site-head').style.cssText = 'position: fixed; inset: 200px 0 0; z-index: 99'",
    ]
    for change, fault in zip(spoil, ("cut off", "smaller than a finger", "covered"), strict=True):
        page.evaluate(f"() => {{ {change} }}")
        assert any(fault in one for one in page.evaluate(LOOK)), fault


EVERYTHING = Looks(
    texts=("100", "125", "150", "200"), contrasts=("normal", "high"), seats=("high", "low"), axe_seats=("high", "low")
)


@pytest.mark.soak
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_in_every_language_size_contrast_and_seat_on_every_panel(
    context: BrowserContext, store: Store, screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults_of(context, store, msgspec.structs.replace(EVERYTHING, languages=CODES), screen) == {}
    with longer_words(monkeypatch):
        assert faults_of(context, store, EVERYTHING, screen) == {}
