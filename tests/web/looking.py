"""Looks at every screen of a resident by machine: one visit to a screen serves all its looks.

Making a screen ready costs a dozen requests and drawing it a tenth of a second, so the order is: a screen, its
languages and sizes of text (which the server draws), and on the page contrast, seat and panel (which are styles alone).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from playwright.sync_api import BrowserContext, Page

from kiosk.store.database import Store
from tests.web.screens import SCREENS, TOLD_ONCE, Visitor

HERE = Path(__file__).parent
LOOK = f"({(HERE / 'glass.js').read_text()})()"
AXE = HERE.parent / ".assets" / "axe.min.js"
PANELS = {"7": (800, 480), "10": (1280, 800), "21": (1080, 1920)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async ([tags, enhanced]) => {
  const found = await axe.run(document, {
    runOnly: tags, resultTypes: ['violations', 'incomplete'],
    rules: enhanced ? {'color-contrast-enhanced': {enabled: true}} : {},
  });
  const told = (all) => all.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`));
  return [...told(found.violations), ...told(found.incomplete).filter((one) => one.startsWith('color-contrast'))];
}"""
WEAR = "([contrast, seat]) => Object.assign(document.documentElement.dataset, {contrast, seat})"


class Looks(msgspec.Struct, frozen=True):
    """What is tried on every screen. `axe`: the screens, panels and seats on which axe-core looks too."""

    languages: Sequence[str] = ("id",)
    texts: Sequence[str] = ("100",)
    contrasts: Sequence[str] = ("normal",)
    seats: Sequence[str] = ("high",)
    panels: Sequence[str] = tuple(PANELS)
    axe: frozenset[str] = frozenset(SCREENS)
    axe_panels: Sequence[str] = tuple(PANELS)
    axe_seats: Sequence[str] = ("high",)


def faults_of(context: BrowserContext, store: Store, looks: Looks, *screens: str) -> dict[str, list[str]]:
    """What is wrong with these screens (none named: with all), by screen and look."""
    page, found = context.new_page(), dict[str, list[str]]()
    for screen, told in _drawn(context, store, looks, page, screens or tuple(SCREENS)):
        if screen in looks.axe:
            page.evaluate(AXE.read_text())
        for contrast in looks.contrasts:
            for seat in looks.seats:
                page.evaluate(WEAR, [contrast, seat])
                for panel in looks.panels:
                    width, height = PANELS[panel]
                    page.set_viewport_size({"width": width, "height": height})
                    faults = page.evaluate(LOOK)
                    if screen in looks.axe and panel in looks.axe_panels and seat in looks.axe_seats:
                        faults += page.evaluate(RUN_AXE, [RULES, contrast == "high"])
                    if faults:
                        found[f"{screen}, {told}, {contrast} contrast, seat {seat}, panel {panel}"] = faults
    return found


def _drawn(
    context: BrowserContext, store: Store, looks: Looks, page: Page, screens: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Every screen as the server draws it in each language and size, opened by a resident who has asked for them."""
    visitor = Visitor(context, store)
    for screen in screens:
        ready = SCREENS[screen]
        page.goto("about:blank")  # the alarm's own page would come between
        visitor.post("selesai")
        path = ready(visitor)
        for language in looks.languages:
            for text in looks.texts:
                page.goto("about:blank")
                visitor.post("tampilan", language=language, text=text)
                if screen in TOLD_ONCE:
                    ready(visitor)
                page.goto(f"/kiosk/{path}")
                if page.locator("[data-keys]").count():
                    page.wait_for_selector("[data-keys][data-ready]")
                yield screen, f"{language} {text} %"
