"""The resident's screen: server time and weight of its pages, and how soon a tap answers on a slow processor.

`python -m benchmarks.screen` starts one kiosk in a temporary folder behind the server that it ships with. Weights are
of gzip level 6, as a page would travel; on the kiosk itself it never leaves the machine. The tap's answer is the first
frame after the key changed its look, with the processor slowed four times.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import msgspec
from playwright.sync_api import Page, sync_playwright

from kiosk.store.database import open_store
from kiosk.store.migrate import migrate
from kiosk.web.app import create_app
from tests.web.screens import SCREENS, Visitor
from tests.web.site import make_settings, running

PATHS = (
    "",
    "layanan/",
    "layanan/usaha-dan-penghasilan/usaha",
    "ajukan/usaha-dan-penghasilan/usaha",
    "aduan/",
    "info/",
    "lacak",
)
ROUNDS = 60
SLOWER = 4
TAP = """() => new Promise((done) => {
  const place = document.querySelector('[data-keys]');
  place.addEventListener('pointerdown', () => {
    const at = performance.now();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - at)));
  }, {once: true});
})"""


class Screen(msgspec.Struct, frozen=True):
    """What was measured. Times in milliseconds, weights in bytes."""

    first_page_ms: float
    server_p50_ms: float
    server_p95_ms: float
    page_bytes: int
    assets_bytes: int
    tap_p95_ms: float


@contextmanager
def kiosk() -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder))
        migrate(settings.database, settings.device)
        store = open_store(settings.database)
        try:
            with running(create_app(settings, store)) as address:
                yield address, Path(folder)
        finally:
            store.close()


def measure() -> Screen:
    """Takes some twenty seconds."""
    began = time.perf_counter()
    with kiosk() as (address, folder), sync_playwright() as playwright:
        urlopen(f"{address}/kiosk/").read()
        first_page_ms = (time.perf_counter() - began) * 1000
        times, weights = _server(address)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 800, "height": 480}, has_touch=True, base_url=address)
        store = open_store(folder / "kiosk.db")
        page = context.new_page()
        page.goto(f"/kiosk/{SCREENS['nik'](Visitor(context, store))}")
        assets = _assets(page)
        taps = _taps(page)
        store.close()
        browser.close()
    cuts = statistics.quantiles(times, n=100)
    return Screen(first_page_ms, cuts[49], cuts[94], max(weights), assets, statistics.quantiles(taps, n=20)[18])


def _server(address: str) -> tuple[list[float], list[int]]:
    times, weights = [], []
    for _ in range(ROUNDS):
        for path in PATHS:
            at = time.perf_counter()
            body = urlopen(f"{address}/kiosk/{path}").read()
            times.append((time.perf_counter() - at) * 1000)
            weights.append(len(gzip.compress(body, 6)))
    return times, weights


def _assets(page: Page) -> int:
    """Styles and scripts that the heaviest page asks for, once a visit to a freshly started browser."""
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    wanted = [name for name in names if name.endswith((".css", ".js"))]
    return sum(len(gzip.compress(urlopen(name).read(), 6)) for name in wanted)


def _taps(page: Page) -> list[float]:
    page.wait_for_selector("[data-keys][data-ready]")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    taps = []
    for digit in "3174051708580001":
        page.evaluate(f"() => {{ window.tapped = ({TAP})(); }}")  # awaited only after the tap
        page.locator(f'.hg-button[data-skbtn="{digit}"]').tap()
        taps.append(float(page.evaluate("window.tapped")))
        page.wait_for_timeout(130)
    return taps


def main() -> int:
    found = measure()
    print(f"first page after the start   {found.first_page_ms:7.0f} ms   (wanted: 1500)")
    print(f"further pages, server p50    {found.server_p50_ms:7.1f} ms")
    print(f"further pages, server p95    {found.server_p95_ms:7.1f} ms   (wanted: 50)")
    print(f"heaviest page, compressed    {found.page_bytes / 1024:7.1f} KiB  (wanted: 60)")
    print(f"its styles and scripts, once {found.assets_bytes / 1024:7.1f} KiB")
    print(f"a tap answers, p95, CPU / {SLOWER}   {found.tap_p95_ms:7.1f} ms   (wanted: 100)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
