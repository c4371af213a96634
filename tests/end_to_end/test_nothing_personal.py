"""What a resident types is nowhere afterwards but in a sealed envelope: not on the card, not in the browser's profile,
not in a log, not at the central, not on the wire. Typed by a trembling hand, a palm on the glass, in a real browser.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from kiosk.core.printer_settings import PrinterSettings
from kiosk.sealing.envelope import central_opener, unseal
from kiosk.sealing.office_key import Cost, OfficeKey, make_office_key
from kiosk.store.requests import envelope_of, recent_requests
from kiosk.web.app import create_app
from sync.wire.envelope import MAGIC, contents
from tests.sync.site import Bench, eventually, running_broker
from tests.sync.wire_tap import Tap
from tests.web.hand import LONG_HOLD_MS, Hand, look
from tests.web.site import running

NIK, NAME, PHONE = "3174055708580001", "Qwirzani", "081298765432"
PHRASE = "padi sawah kentongan"
SECRETS = (NIK, "3174 0557 0858 0001", NAME, NAME.lower(), PHONE)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker"))
        yield Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)


@pytest.fixture
def glass(playwright: Playwright, browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that keeps its profile in a folder, with the back-forward cache that Playwright would switch off."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile",
        **browser_type_launch_args,
        ignore_default_args=["--disable-back-forward-cache"],
        viewport={"width": 800, "height": 480},
        has_touch=True,
    )
    yield context
    context.close()


def key(page: Page, letter: str) -> Any:
    return page.locator(f'.hg-button[data-skbtn="{letter.lower()}"], .hg-button[data-skbtn="{letter.upper()}"]').first


def go_on(page: Page, then: str) -> None:
    look(page).locator("main button.go").last.tap()
    page.wait_for_selector(then)


def ask_for_a_letter(page: Page) -> str:
    """Fills a form in with the hand of somebody old; returns the code."""
    hand = Hand(page)
    for at, digit in enumerate(NIK):
        if at == 4:
            hand.lay_palm(40, 130)
        hand.press(key(page, digit), hold_ms=LONG_HOLD_MS, bounces=2)
    hand.lift_palm()
    expect(page.locator("#answer")).to_have_value("3174 0557 0858 0001")
    go_on(page, "[data-typing=name] [data-ready]")
    for letter in NAME:
        hand.press(key(page, letter))
    expect(page.locator("#answer")).to_have_value(NAME)
    go_on(page, ".option")
    look(page).get_by_role("button", name="Berobat").tap()
    page.wait_for_selector("[data-typing=phone] [data-ready]")
    for digit in PHONE:
        hand.press(key(page, digit))
    go_on(page, ".lines")
    expect(page.locator(".lines")).to_contain_text("3174 05•• •••• ••01")
    go_on(page, ".receipt-page")
    return page.locator(".number--code").inner_text()


def found_in(folder: Path, secrets: tuple[str, ...]) -> list[str]:
    """Which files hold any of the secrets, in the ways that programs write text."""
    needles = [secret.encode(form) for secret in secrets for form in ("utf-8", "utf-16-le")]
    return [
        f"{path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def test_what_a_resident_typed_is_nowhere_afterwards_but_sealed(
    bench: Bench, glass: BrowserContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    settings = msgspec.structs.replace(bench.settings, printer=PrinterSettings(connection="none"))
    make_office_key(settings.office_key, PHRASE, Cost(1, 8_192))
    with running(create_app(settings, bench.site)) as address, Tap(bench.broker_port) as tap:
        page = glass.pages[0]
        page.goto(f"{address}/kiosk/ajukan/usaha-dan-penghasilan/sktm/setuju")
        go_on(page, "[data-typing=nik] [data-ready]")
        code = ask_for_a_letter(page)
        look(page).get_by_role("button", name="Selesai").tap()
        page.wait_for_selector(".tiles--start")
        for _ in range(8):
            page.evaluate("() => { setTimeout(() => history.back(), 0); }")  # the answer must not wait for the page
            page.wait_for_timeout(200)
            if page.url == "about:blank":  # before the first page
                break
            page.wait_for_selector(".tiles--start")
            assert not any(secret in page.content() for secret in (*SECRETS, code))
        page.goto(f"{address}/kiosk/isi/nik")
        assert NIK not in page.content()
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        with bench.agent(), bench.ingest():
            eventually(lambda: bench.waiting() == 0, within_s=20)
        tap.on("kt/nothing")  # whatever the broker has for a listener has come by then
        heard = [arrived.payload for arrived in tap.heard]
        glass.close()

    [request] = recent_requests(bench.site)
    sealed = envelope_of(bench.site, request.id)
    assert sealed is not None
    answers = json.loads(unseal(sealed, request.id, central_opener(bench.central_key)))["answers"]
    assert answers == {"nik": NIK, "nama": NAME, "keperluan-sktm": "berobat", "telepon": PHONE}
    office = OfficeKey(settings.office_key, lambda: 0.0)
    office.unlock(PHRASE, "Ratna")
    assert NIK.encode() in office.open(sealed, request.id, "Ratna")

    assert found_in(tmp_path, (*SECRETS, code, code.replace("-", ""), PHRASE)) == []
    assert not any(secret in caplog.text for secret in (*SECRETS, code))
    unpacked = b"".join(payload + contents(payload) for payload in heard if payload.startswith(MAGIC))
    assert not any(secret.encode() in unpacked for secret in (*SECRETS, code))
    # and the same search finds what is not secret, so it does look
    assert any("kiosk.db" in name for name in found_in(tmp_path, ("keperluan-sktm", "sktm")))
    assert b"sktm" in unpacked
