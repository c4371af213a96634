"""Every screen looked at by machine in a real browser: whole, reachable, in order, in contrast; by touch only.

The quick run takes the hardest, a language 40 % longer at 200 % on the landscape panels, and Indonesian as most people
see it, with axe-core once a template. The whole cross of screens, panels, languages, sizes and contrasts is the soak's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from kiosk.core.clock import SystemClock
from kiosk.store.database import Store
from kiosk.web.resident.speech import CODES
from tests.web.screens import SCREENS, Visitor, longer_words

HERE = Path(__file__).parent
LOOK = (HERE / "glass.js").read_text()
AXE = HERE.parent / ".assets" / "axe.min.js"
PANELS = {"7": (800, 480), "10": (1280, 800), "21": (1080, 1920)}
SAME_TEMPLATE = {  # as another screen's, so that the quick run tries axe-core on each template once
    *("groups", "services", "request-groups", "request-services", "complain", "channels", "info", "identity", "phone"),
    *("nik", "date", "track", "survey-code", "found-complaint", "help", "complain-consent", "text", "error"),
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async ([tags, enhanced]) => {
  const found = await axe.run(document, {
    runOnly: tags, resultTypes: ['violations', 'incomplete'],
    rules: enhanced ? {'color-contrast-enhanced': {enabled: true}} : {},
  });
  const told = (all) => all.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`));
  return [...told(found.violations), ...told(found.incomplete).filter((one) => one.startsWith('color-contrast'))];
}"""


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
    made = chromium.new_context(viewport={"width": 800, "height": 480}, has_touch=True, base_url=server)
    yield made
    made.close()


def walk(context: BrowserContext, store: Store, **looks: str) -> Iterator[tuple[str, Page]]:
    """Every screen, opened by a resident who has asked for these looks."""
    page = context.new_page()
    for name, ready in SCREENS.items():
        page.goto("about:blank")  # the alarm's own page would come between
        visitor = Visitor(context, store)
        visitor.post("selesai")
        visitor.post("tampilan", **looks)
        page.goto(f"/kiosk/{ready(visitor)}")
        if page.locator("[data-keys]").count():
            page.wait_for_selector("[data-keys][data-ready]")
        yield name, page


def faults_of(
    context: BrowserContext, store: Store, panels: list[str], axe: frozenset[str], **looks: str
) -> dict[str, list[str]]:
    """What is wrong on each screen and panel; of those in `axe` also what axe-core finds or doubts about contrast."""
    found = {}
    source = AXE.read_text()
    for name, page in walk(context, store, **looks):
        for panel in panels:
            width, height = PANELS[panel]
            page.set_viewport_size({"width": width, "height": height})
            if faults := page.evaluate(f"({LOOK})()"):
                found[f"{name} on {panel}"] = faults
        if name in axe:
            page.evaluate(source)
            if faults := page.evaluate(RUN_AXE, [RULES, looks.get("contrast") == "high"]):
                found[f"{name}, axe"] = faults
    return found


def test_every_screen_is_whole_and_accessible_as_most_people_see_it(context: BrowserContext, store: Store) -> None:
    assert faults_of(context, store, ["21", "7"], axe=frozenset(SCREENS) - SAME_TEMPLATE) == {}


def test_no_screen_cuts_words_that_are_longer_and_twice_as_large(
    context: BrowserContext, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with longer_words(monkeypatch):
        assert faults_of(context, store, ["7", "10"], axe=frozenset(), text="200") == {}


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
        assert any(fault in one for one in page.evaluate(f"({LOOK})()")), fault


@pytest.mark.soak
@pytest.mark.parametrize("contrast", ["normal", "high"])
@pytest.mark.parametrize("text", ["100", "125", "150", "200"])
@pytest.mark.parametrize("language", [*CODES, "longer"])
def test_every_screen_in_every_language_size_and_contrast_on_every_panel(
    context: BrowserContext, store: Store, language: str, text: str, contrast: str, monkeypatch: Any
) -> None:
    looks = {"text": text, "contrast": contrast, "language": "id" if language == "longer" else language}
    if language != "longer":
        assert faults_of(context, store, list(PANELS), axe=frozenset(SCREENS), **looks) == {}
        return
    with longer_words(monkeypatch):
        assert faults_of(context, store, list(PANELS), axe=frozenset(SCREENS), **looks) == {}
