"""What is photographed, in the order of one day at the demo's office: tickets, a counter, and an alert answered.

The film shows what the product is about, at its true speed: the cable is pulled, the button held, the lamp is red while
nobody knows; the cable is in again and the lamp is amber, for the post has it; an officer answers and it turns green.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from docs.pictures.demo import Demo
from docs.pictures.files import newest_ticket, write_film, write_picture

FRAME_MS = 120  # lamps change at most five times a second, and every frame weighs
STATE_WITHIN_S = 20.0
FILM_WIDTH_PX = 960


class Film:
    """What a page shows, frame by frame as the browser paints it, with the moment each was painted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._painted: list[tuple[bytes, float]] = []
        self._session = page.context.new_cdp_session(page)
        self._session.on("Page.screencastFrame", self._keep)
        self._session.send("Page.startScreencast", {"format": "jpeg", "quality": 95})

    def run_for(self, seconds: float) -> None:
        self._page.wait_for_timeout(seconds * 1000)

    def run_until(self, true: Callable[[], bool]) -> None:
        until_s = time.monotonic() + STATE_WITHIN_S
        while not true():
            if time.monotonic() > until_s:
                raise TimeoutError(f"not within {STATE_WITHIN_S} s")
            self.run_for(0.05)

    def frames(self, last_ms: int) -> list[tuple[bytes, int]]:
        """Frames with their time, at most one in FRAME_MS; the last stays for `last_ms`."""
        self._session.send("Page.stopScreencast")
        kept: list[tuple[bytes, float]] = []
        for frame in self._painted:
            if not kept or (frame[1] - kept[-1][1]) * 1000 >= FRAME_MS:
                kept.append(frame)
        kept[-1] = (self._painted[-1][0], kept[-1][1])
        shown = [round((after - at) * 1000) for (_, at), (_, after) in pairwise(kept)]
        return [(image, shown_ms) for (image, _), shown_ms in zip(kept, [*shown, last_ms], strict=True)]

    def _keep(self, event: dict[str, Any]) -> None:
        self._painted.append((base64.b64decode(event["data"]), float(event["metadata"]["timestamp"])))
        self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})


def take_all(browser: Browser, demo: Demo, out: Path) -> Iterator[Path]:
    """Every picture, as it is written."""
    kiosk = _page(browser, 1280, 800)
    kiosk.goto(demo.places["kiosk"])
    yield _keep(kiosk, out / "kiosk.png")

    for service in demo.services()[:4]:
        demo.ticket(service)
    _take_ticket(kiosk, demo)
    yield write_picture(out / "ticket.png", newest_ticket(demo.paper()), 480)

    board = _page(browser, 1600, 900)
    board.goto(demo.places["board"])
    counter = _page(browser, 1366, 768)
    _call_next(counter, demo)
    yield _keep(counter, out / "loket.png")
    board.get_by_text(re.compile(r"[A-Z]-\d{3}")).first.wait_for()
    board.wait_for_timeout(1_500)  # the call has been announced
    yield _keep(board, out / "papan.png")

    post = _page(browser, 1366, 768)
    _sign_in_at_post(post, demo)
    box = _page(browser, 1440, 900)
    box.goto(demo.places["sim"])
    box.wait_for_timeout(3_000)  # the little screen and the paper have come
    yield _keep(box, out / "sim.png")
    film = Film(box)
    yield _answer_alert(film, demo, post, out)
    yield write_film(out / "box.webp", film.frames(last_ms=4_000), FILM_WIDTH_PX)
    kiosk.goto(demo.places["kiosk"] + "darurat/panggilan")
    yield _keep(kiosk, out / "alarm.png")


def _answer_alert(film: Film, demo: Demo, post: Page, out: Path) -> Path:
    film.run_for(1.2)
    demo.sim("network", mode="down")
    demo.sim("ways", mode="down")
    film.run_for(1.0)
    demo.sim("button", input="panic", hold_s=1.2)
    film.run_until(lambda: demo.state()["lamp"] == "red-fast")
    film.run_for(3.0)
    demo.sim("network", mode="up")
    film.run_until(lambda: demo.state()["lamp"] == "amber-slow")
    film.run_for(2.4)
    answer = post.get_by_role("button", name=re.compile("^Terima"))
    answer.first.wait_for()
    picture = _keep(post, out / "posko.png")
    answer.first.click()
    film.run_until(lambda: demo.state()["lamp"] == "green-steady")
    film.run_for(2.0)
    return picture


def _page(browser: Browser, width_px: int, height_px: int) -> Page:
    context = browser.new_context(
        viewport={"width": width_px, "height": height_px},
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        has_touch=True,
    )
    return context.new_page()


def _keep(page: Page, path: Path) -> Path:
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(400)  # whatever glides into place has arrived
    return write_picture(path, page.screenshot())


def _take_ticket(page: Page, demo: Demo) -> None:
    """By touch: start → first group → first service → number."""
    page.goto(demo.places["kiosk"] + "layanan/")
    for _ in ("group", "service"):
        page.locator("main a[href*='/layanan/']").first.tap()
    page.get_by_role("button", name=re.compile("Ambil nomor")).tap()
    page.get_by_text(re.compile("sudah dicetak")).first.wait_for()


def _call_next(page: Page, demo: Demo) -> None:
    officer = demo.places["sign_ins"]["officer"]
    page.goto(demo.places["officer"])
    page.get_by_label("Nama petugas").select_option(officer["user"])
    page.get_by_label("PIN").fill(officer["pin"])
    page.get_by_role("button", name=re.compile("Buka loket")).click()
    page.get_by_role("button", name=re.compile("Panggil")).first.click()
    page.locator("[data-ticket='called']").first.wait_for()


def _sign_in_at_post(page: Page, demo: Demo) -> None:
    post = demo.places["sign_ins"]["post"]
    page.goto(demo.places["central"])
    page.get_by_label(re.compile("Nama")).fill(post["user"])
    page.get_by_label(re.compile("[Ss]andi")).fill(post["password"])
    page.get_by_role("button", name=re.compile("Masuk")).click()
    page.get_by_text(re.compile("Jaga: ")).first.wait_for()
