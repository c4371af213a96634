"""The whole loop in a real browser: cable pulled, three tickets, the button, the cable again, an officer's answer."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.demo import Demo, eventually, running_demo
from tests.web.hand import look

LINK_MS = 2_000  # after the cable is in, the post must have everything within two seconds


def take_ticket_by_touch(page: Page, demo: Demo) -> str:
    """Start screen → first group → first service → number; returns the number that the resident sees."""
    page.goto(demo.file["kiosk"])
    page.get_by_role("link", name=re.compile("Ambil nomor")).tap()
    page.locator("main a").first.tap()
    page.wait_for_url("**/layanan/*/")
    page.locator("main a").first.tap()
    draw = page.get_by_role("button", name=re.compile("Ambil nomor"))
    draw.wait_for()
    look(page)
    draw.tap()
    number = page.locator(".ticket-number .number")
    expect(number).to_have_text(re.compile(r"^[A-Z]-\d{3}$"))
    return number.inner_text()


def sign_in_at_post(page: Page, demo: Demo) -> None:
    post = demo.file["sign_ins"]["post"]
    page.goto(demo.file["central"])
    page.get_by_label(re.compile("Nama")).fill(post["user"])
    page.get_by_label(re.compile("Kata sandi|Sandi")).fill(post["password"])
    page.get_by_role("button", name=re.compile("Masuk")).click()


def test_first_light(tmp_path: Path, browser: Browser) -> None:
    with running_demo(tmp_path / "demo") as demo:
        kiosk = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True).new_page()
        post = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        sign_in_at_post(post, demo)

        demo.sim("network", mode="down")
        demo.sim("ways", mode="down")  # else a text would reach somebody, and the lamp would say so
        numbers = [take_ticket_by_touch(kiosk, demo) for _ in range(3)]
        assert len(set(numbers)) == 3
        demo.sim("button", input="panic", hold_s=1.2)
        expect(kiosk.get_by_text("Mengirim…").first).to_be_visible(timeout=5_000)
        state = demo.state()
        assert (state["lamp"], state["siren"]) == ("red-fast", True)
        assert demo.ask_central("alerts")["items"] == []

        demo.sim("network", mode="up")
        expect(post.locator(".alert-card[data-alert]")).to_have_count(1, timeout=LINK_MS)
        eventually(lambda: len(demo.ask_central("tickets")["items"]) >= 3, within_s=LINK_MS / 1000)
        assert sorted(ticket["number"] for ticket in demo.ask_central("tickets")["items"]) == sorted(numbers)
        assert len(demo.ask_central("alerts")["items"]) == 1
        expect(kiosk.get_by_text("Terkirim, menunggu petugas").first).to_be_visible(timeout=5_000)
        assert demo.state()["lamp"] == "amber-slow"

        post.get_by_role("button", name=re.compile("Terima panggilan")).first.click()
        officer = demo.file["sign_ins"]["post"]["user"]
        expect(kiosk.get_by_text(re.compile(f"Diterima oleh {officer}")).first).to_be_visible(timeout=5_000)
        eventually(lambda: demo.state()["lamp"] == "green-steady", within_s=5)
        assert demo.state()["siren"] is False
        assert len(demo.state()["jobs"]) == 3
