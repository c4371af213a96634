"""A half-filled form that somebody walks away from: after the time-out nothing gives anything of them any more.

In a real Chromium with a profile on disk and with the back-forward cache, which Playwright would switch off.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from kiosk.core.clock import SystemClock
from kiosk.core.settings import SiteSettings
from kiosk.store.database import Store
from kiosk.web.app import create_app
from tests.web.guest import Guest
from tests.web.site import running

NIK, GROUPED, NAME = "3174055708580001", "3174 0557 0858 0001", "Qwirz"
SECRETS = (NIK, GROUPED, NIK[:8], NAME, NAME.lower())
STORAGE = """async () => [
  localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length,
  (await caches.keys()).length, (await navigator.serviceWorker?.getRegistrations() ?? []).length,
]"""
FIELDS = "() => [...document.querySelectorAll('input:not([type=hidden]), textarea')].map((one) => one.value).join('')"


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def glass(playwright: Playwright, browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Iterator[BrowserContext]:
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile",
        **browser_type_launch_args,
        ignore_default_args=["--disable-back-forward-cache"],
        viewport={"width": 800, "height": 480},
        has_touch=True,
        reduced_motion="reduce",
    )
    yield context
    context.close()


def knows_nothing(page: Page) -> None:
    """Neither what is on the page nor what stands in its fields, once it has come to rest: the guard may replace a page
    that comes from the history."""
    for _ in range(20):
        page.wait_for_timeout(150)
        try:
            page.wait_for_load_state()
            shown = page.content() + page.evaluate(FIELDS)
        except Error:  # it was just being replaced
            continue
        assert not any(secret in shown for secret in SECRETS), page.url
        return
    pytest.fail(f"{page.url} never came to rest")


def test_a_half_filled_form_is_gone_from_glass_history_storage_and_disk(
    glass: BrowserContext, settings: SiteSettings, store: Store, tmp_path: Path
) -> None:
    soon = msgspec.structs.replace(settings.kiosk, idle_warning_s=5.0, idle_wipe_s=5.0)
    with running(create_app(msgspec.structs.replace(settings, kiosk=soon), store)) as address:
        page = glass.pages[0]
        who = Guest(page, "id")
        page.goto(f"{address}/kiosk/ajukan/usaha-dan-penghasilan/sktm/setuju")
        who.go_on("**/isi/nik")
        who.type(NIK)
        expect(page.locator("#answer")).to_have_value(GROUPED)
        who.go_on("**/isi/nama")
        who.type(NAME)
        expect(page.locator("#answer")).to_have_value(NAME)
        expect(page.get_by_text("Anda masih di sini?")).to_be_visible(timeout=10_000)
        page.wait_for_selector(".tiles--start", timeout=15_000)
        knows_nothing(page)
        assert page.evaluate(STORAGE) == [0, 0, "", 0, 0, 0]
        assert [cookie for cookie in glass.cookies() if cookie.get("value")] == []

        for step in ("back", "back", "back", "reload", "forward", "forward", "reload"):
            page.evaluate(
                "(step) => { setTimeout(() => step === 'reload' ? location.reload() : history[step](), 0); }", step
            )
            page.wait_for_timeout(150)
            if page.url == "about:blank":  # before the first page
                page.goto(f"{address}/kiosk/")
            knows_nothing(page)
        for path in ("isi/nik", "isi/nama", "isi/periksa", "tanda-terima"):
            page.goto(f"{address}/kiosk/{path}")
            knows_nothing(page)

        page.goto(f"{address}/kiosk/ajukan/usaha-dan-penghasilan/sktm/setuju")  # the next person, the same question
        who.go_on("**/isi/nik")
        assert page.evaluate(FIELDS) == ""
        who.type(NIK[:2])
        expect(page.locator("#answer")).to_have_value(NIK[:2])  # and the keyboard suggests nothing
        assert not any(secret in page.content() for secret in SECRETS)
        glass.close()
    left = [path for path in tmp_path.rglob("*") if path.is_file() and holds_any(path.read_bytes())]
    assert left == []


def holds_any(data: bytes) -> bool:
    return any(secret.encode(form) in data for secret in SECRETS for form in ("utf-8", "utf-16-le"))
