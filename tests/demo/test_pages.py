"""The demo's two pages in a real browser, under their own content policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.addresses import Addresses
from deploy.demo.demo_file import DemoFile, SignIns
from deploy.demo.front import create_app
from deploy.demo.line import Mode
from deploy.demo.page_server import PageServer
from deploy.demo.tour import tour_of
from kiosk.http.stream import Streams
from tests.demo.stand_ins import Parts, simulation
from tests.demo.waiting import wait_until


@pytest.fixture
def parts() -> Parts:
    parts = Parts()
    parts.kiosk_well = False  # there is no kiosk behind these pages, so none is framed
    return parts


@pytest.fixture
def url(parts: Parts) -> Iterator[str]:
    tour = tour_of(DemoFile("", "", "", "", "", SignIns(), ""), Addresses(8080), Path("demo"))
    streams = Streams()
    with PageServer(create_app(simulation(parts), tour, streams), "127.0.0.1", 0, streams) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def box(page: Page, url: str) -> Iterator[Page]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{url}/sim/")
    expect(page.locator("body[data-live=yes]")).to_be_attached()
    yield page
    assert complaints == []


def test_a_finger_on_the_button_comes_and_goes(box: Page, parts: Parts) -> None:
    place = box.get_by_role("button", name="Tombol darurat").bounding_box()
    assert place is not None
    box.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    box.mouse.down()
    wait_until(lambda: parts.done == ["press panic 30.0"])
    box.mouse.up()
    wait_until(lambda: parts.done == ["press panic 30.0", "release panic"])


def test_a_key_holds_the_button_as_a_finger_does(box: Page, parts: Parts) -> None:
    box.get_by_role("button", name="Tombol darurat").focus()
    box.keyboard.down("Space")
    wait_until(lambda: parts.done == ["press panic 30.0"])
    box.keyboard.up("Space")
    wait_until(lambda: parts.done == ["press panic 30.0", "release panic"])


def test_the_switches_switch_and_show_what_is(box: Page, parts: Parts) -> None:
    box.get_by_text("Dicabut", exact=True).click()
    wait_until(lambda: parts.mode is Mode.DOWN)
    expect(box.locator("body[data-network=down]")).to_be_attached()
    parts.set_mode(Mode.UP)
    expect(box.get_by_role("radio", name="Terpasang")).to_be_checked()
    box.get_by_text("Habis", exact=True).click()
    wait_until(lambda: parts.paper == "out")
    expect(box.locator("#log")).to_contain_text("Kertas habis")


def test_lamp_siren_and_words_follow_the_box(box: Page, parts: Parts) -> None:
    parts.lamp = "red-fast"
    expect(box.locator("body[data-lamp=red-fast][data-siren=on]")).to_be_attached()
    expect(box.get_by_role("status")).to_contain_text("Mengirim…")
    parts.lamp = "off"
    expect(box.locator("body[data-lamp=off][data-siren=off]")).to_be_attached()


def test_sound_starts_and_stops_without_a_complaint(box: Page, parts: Parts) -> None:
    parts.lamp = "red-fast"
    expect(box.locator("body[data-siren=on]")).to_be_attached()
    sound = box.get_by_role("button", name="Bunyikan")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")


def test_the_front_page_tells_where_everything_is_and_how_it_is(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("link", name="Posko", exact=True)).to_have_attribute("href", "http://127.0.0.1:8082/posko/")
    expect(page.locator("#part-kiosk .part-health")).to_have_text("Menyala…")
    expect(page.locator("#processes")).to_contain_text("broker")
    expect(page.get_by_text("Siti Aminah · PIN 246810")).to_be_visible()
