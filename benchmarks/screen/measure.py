"""The resident's screen: first page, time and weight of its pages, and how soon a tap answers on a slow processor.

`python -m benchmarks.screen` starts the real daemon in a temporary folder. Everything is measured twice: as this
machine is, and slowed four times, which is about a Raspberry Pi 4: the daemon runs 2.5 ms of every 10 ms (SIGSTOP and
SIGCONT), the browser by its own throttle. The processor's time says the same on a machine that is shared. Bytecode is
compiled before the first start, and PostgreSQL's driver is hidden, as on an installed kiosk. Weights are of gzip level
6, as a page would travel; on the kiosk itself it never leaves the machine. A tap's answer is the first frame after the
key has changed its look.
"""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from benchmarks.cpu import cpu_s
from benchmarks.row import Row, at_most, percentile
from benchmarks.table import table
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate
from tests.web.screens import SCREENS, Visitor
from tests.web.site import free_port, make_settings

PATHS = (
    *("", "layanan/", "layanan/usaha-dan-penghasilan/usaha", "ajukan/usaha-dan-penghasilan/usaha", "aduan/"),
    *("info/", "info/biaya", "lacak", "bantuan", "darurat/"),
)
ROUNDS = 40
STARTS = 3
SLOWER = 4
SLICE_S = 0.01
SERVE = """
import sys
sys.modules["psycopg"] = sys.modules["psycopg2"] = None
from pathlib import Path
import msgspec
from kiosk.core.settings import SiteSettings
from kiosk.web.serve import serve
serve(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=SiteSettings))
"""
TAP = """() => new Promise((done) => {
  const place = document.querySelector('[data-keys]');
  place.addEventListener('pointerdown', () => {
    const at = performance.now();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - at)));
  }, {once: true});
})"""


class Daemon(msgspec.Struct, frozen=True):
    """A kiosk's daemon that has just shown its first page, `first_s` after it was started and after `cpu_s` of work."""

    address: str
    first_s: float
    cpu_s: float


@contextmanager
def slowed(process_id: int, times: int) -> Iterator[None]:
    """Lets a process have one part in `times` of each ten milliseconds."""
    over = threading.Event()

    def brake() -> None:
        while not over.is_set():
            os.kill(process_id, signal.SIGSTOP)
            over.wait(SLICE_S * (times - 1) / times)
            os.kill(process_id, signal.SIGCONT)
            over.wait(SLICE_S / times)

    thread = threading.Thread(target=brake, daemon=True)
    if times > 1:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if times > 1:
            thread.join()


@contextmanager
def daemon(folder: Path, times: int = 1) -> Iterator[Daemon]:
    """The real daemon on a database that is there, slowed from its first instruction on."""
    settings = make_settings(folder)
    settings = msgspec.structs.replace(settings, kiosk=msgspec.structs.replace(settings.kiosk, port=free_port()))
    migrate(settings.database, settings.device)
    (folder / "site.json").write_bytes(msgspec.json.encode(settings))
    address, began = f"http://127.0.0.1:{settings.kiosk.port}", time.perf_counter()
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, folder / "site.json"],
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with slowed(process.pid, times):
            while True:
                try:
                    urlopen(f"{address}/kiosk/").read()
                    break
                except URLError:
                    time.sleep(0.01)
            yield Daemon(address, time.perf_counter() - began, cpu_s(process.pid))
    finally:
        process.terminate()
        process.wait()


def pages(address: str) -> tuple[list[float], list[int]]:
    """Milliseconds that each page took at the server, and bytes that it weighs compressed."""
    times_ms, weights = [], []
    for _ in range(ROUNDS):
        for path in PATHS:
            at = time.perf_counter()
            body = urlopen(f"{address}/kiosk/{path}").read()
            times_ms.append((time.perf_counter() - at) * 1000)
            weights.append(len(gzip.compress(body, 6)))
    return times_ms, weights


def assets_of(page: Page) -> int:
    """Styles and scripts that the heaviest page asks for, once a visit to a freshly started browser."""
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    wanted = [name for name in names if name.endswith((".css", ".js"))]
    return sum(len(gzip.compress(urlopen(name).read(), 6)) for name in wanted)


def taps_of(page: Page) -> list[float]:
    """Milliseconds from a finger on a key to the frame that shows it, with the browser slowed."""
    page.wait_for_selector("[data-keys][data-ready]")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    taps = []
    for digit in "3174051708580001":
        page.evaluate(f"() => {{ window.tapped = ({TAP})(); }}")  # awaited only after the tap
        page.locator(f'.hg-button[data-skbtn="{digit}"]').tap()
        taps.append(float(page.evaluate("window.tapped")))
        page.wait_for_timeout(130)
    return taps


def screen_of(address: str, store: Store) -> tuple[int, list[float]]:
    """Bytes of the heaviest page's styles and scripts, and the taps' answers on it."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 800, "height": 480}, has_touch=True, base_url=address)
        page = context.new_page()
        page.goto(f"/kiosk/{SCREENS['nik'](Visitor(context, store))}")
        found = assets_of(page), taps_of(page)
        browser.close()
        return found


def measure() -> list[Row]:
    """Takes about a minute."""
    rows = list[Row]()
    with tempfile.TemporaryDirectory(prefix="kentongan-screen-") as name:
        folder = Path(name)
        with daemon(folder):
            pass  # compiles
        worked = list[float]()
        for times in (1, SLOWER):
            how = "" if times == 1 else f", {times} times slower"
            firsts = list[float]()
            for _ in range(STARTS):
                with daemon(folder, times) as running:
                    firsts.append(running.first_s)
                    worked.append(running.cpu_s)
                    times_ms, weights = pages(running.address) if len(firsts) == STARTS else ([], [])
            first = Row(f"first page after the daemon's start{how}", statistics.median(firsts), "s", tuple(firsts))
            rows.append(at_most(first, 1.5, "≤ 1.5 s"))
            rows.append(Row(f"further pages at the server, p50{how}", percentile(times_ms, 0.5), "ms"))
            rows.append(
                at_most(Row(f"further pages at the server, p95{how}", percentile(times_ms, 0.95), "ms"), 50, "≤ 50 ms")
            )
        rows.append(Row("processor time of a start, to the first page", statistics.median(worked), "s", tuple(worked)))
        rows.append(at_most(Row("heaviest page, compressed", max(weights) / 1024, "KiB"), 60, "≤ 60 KiB"))
        store = open_store(folder / "kiosk.db")
        with daemon(folder) as running:
            assets, taps = screen_of(running.address, store)
        store.close()
        rows.append(Row("styles and scripts of a visit, compressed", assets / 1024, "KiB"))
        tap = Row(f"tap to frame, p95, browser {SLOWER} times slower", percentile(taps, 0.95), "ms")
        rows.append(at_most(tap, 100, "≤ 100 ms"))
    return rows


def show() -> bool:
    """Measures and prints; whether every promise was kept."""
    rows = measure()
    Console(width=130).print(table(rows, "the resident's screen"))
    return all(row.met is not False for row in rows)
