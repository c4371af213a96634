"""A resident at the glass: only touches, in one language, on one panel; every page that comes is looked at by machine.

Nothing here knows a mouse or a physical keyboard; each field is filled with the keys that stand on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from kiosk.web.resident.speech import speaker
from tests.web import hand
from tests.web.looking import LOOK

BETWEEN_KEYS_MS = 135  # faster is a trembling finger
_UNTOUCHED = """() => {
  window.untouched = [];
  for (const kind of ["keydown", "wheel"]) addEventListener(kind, () => window.untouched.push(kind), true);
}"""


class Guest:
    """Someone who has come to the kiosk and has chosen a language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language, self.say = page, language, speaker(language)

    def arrive(self) -> None:
        """The start page, in the guest's language, chosen by touch."""
        self.page.goto("/kiosk/")
        if self.language != "id":
            self.touch(self.page.locator("a.tool").first, "**/tampilan?**")
            self.touch(self.page.locator(f'button[name="language"][value="{self.language}"]'), "**/tampilan**")
            self.page.wait_for_selector(f'html[lang="{self.language}"]')
            self.touch(self.page.locator(".bar-key").first, "**/kiosk/")
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def touch(self, key: Locator, to: str) -> None:
        """Touches a key once the page takes touches, waits for where it leads, and looks for faults there."""
        hand.look(self.page)
        with self.page.expect_navigation(url=re.compile(_pattern(to))):
            key.tap()
        self.look()

    def follow(self, *hrefs: str) -> None:
        for href in hrefs:
            self.touch(self.page.locator(f'main a[href="{href}"]'), f"**{href}")

    def go_on(self, to: str) -> None:
        self.touch(self.page.locator("main button.go, main a.go").last, to)

    def type(self, text: str) -> None:
        """With the keyboard on the page."""
        self.page.wait_for_selector("[data-keys][data-ready]")
        for letter in text:
            name = "{space}" if letter == " " else letter
            keys = f'.hg-button[data-skbtn="{name}"], .hg-button[data-skbtn="{name.upper()}"]'
            self.page.locator(keys).first.tap()
            self.page.wait_for_timeout(BETWEEN_KEYS_MS)

    def type_code(self, code: str) -> None:
        for letter in code.replace("-", ""):
            self.page.locator(f'[data-key="{letter}"]').tap()
            self.page.wait_for_timeout(BETWEEN_KEYS_MS)

    def choose(self, answer: str, to: str) -> None:
        self.touch(self.page.locator(f'button[name="answer"][value="{answer}"]'), to)

    def sees(self, key: str, **values: object) -> None:
        """Words of the language files stand on the page."""
        expect(self.page.locator("body")).to_contain_text(self.say(key, **values))

    def look(self) -> None:
        if self.page.locator("[data-keys]").count():
            self.page.wait_for_selector("[data-keys][data-ready]")
        faults = self.page.evaluate(LOOK)
        assert not faults, f"{self.page.url}: {faults}"


@contextmanager
def guest(chromium: Browser, address: str, panel: tuple[int, int], language: str) -> Iterator[Guest]:
    """A guest on a panel of this size; an error of a script or of the security policy fails the test at the end."""
    size = ViewportSize(width=panel[0], height=panel[1])
    context = chromium.new_context(viewport=size, has_touch=True, base_url=address, reduced_motion="reduce")
    context.add_init_script(f"({_UNTOUCHED})()")
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    try:
        yield Guest(page, language)
        assert page.evaluate("window.untouched ?? []") == []
    finally:
        context.close()
    assert errors == []


def _pattern(glob: str) -> str:
    return re.escape(glob).replace(r"\*\*", ".*") + r"\Z"
