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
from deploy.demo.modem import Text
from deploy.demo.page_server import PageServer
from deploy.demo.receiving_centre import Entry
from deploy.demo.tour import tour_of
from kiosk.http.stream import Streams
from tests.demo.stand_ins import MESSAGES, Parts, Tapes, simulation
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


STAGES = ("red-fast", "amber-slow", "green-steady", "red-amber")


def test_each_stage_is_known_by_lamp_and_sound_alone_without_reading_colour_or_pitch(box: Page, parts: Parts) -> None:
    """What the page draws and what its buzzer and voice are given, one stage after the other."""
    box.get_by_role("button", name="Bunyikan").click()
    blinks, beeps = set(), set()
    for lamp in STAGES:
        parts.lamp = lamp
        expect(box.locator(f"body[data-lamp={lamp}]")).to_be_attached()
        seen = "getComputedStyle(document.querySelector('.box-message .lamp'))"
        blinks.add(box.evaluate(f"() => [{seen}.animationName, {seen}.animationDuration].join()"))
        tones = box.request.get(f"{box.url}state").json()["buzzer"]
        beeps.add((tuple((start, lasts) for start, lasts, _ in tones["tones"]), tones["period_ms"]))
        wait_until(lambda: MESSAGES[lamp] in tapes(parts).said)  # noqa: B023 - awaited here
    assert len(blinks) == len(beeps) == len(STAGES)
    assert tapes(parts).said == [MESSAGES[lamp] for lamp in STAGES]


def test_a_voice_is_not_heard_unasked_and_ends_with_the_stage(box: Page, parts: Parts) -> None:
    parts.lamp = "red-fast"
    expect(box.locator("body[data-siren=on]")).to_be_attached()
    box.get_by_role("button", name="Bunyikan").click()
    expect(box.locator("body")).to_have_attribute("data-spoken", "1")
    expect(box.locator("body")).to_have_attribute("data-speaker", "off")  # a tenth of a second later
    parts.lamp = "off"
    expect(box.locator("body[data-lamp=off]")).to_be_attached()
    assert box.request.get(f"{box.url}voice.wav").status == 204
    assert tapes(parts).said == [MESSAGES["red-fast"]]


def tapes(parts: Parts) -> Tapes:
    assert isinstance(parts.engine, Tapes)
    return parts.engine


def test_sms_and_centre_are_shown_and_answered(box: Page, parts: Parts) -> None:
    parts.sms = [
        Text(1, "out", "piket", "Piket Polsek", "Keadaan darurat\nBalas: OK 3F2A9C K7F2QX", 0, "OK 3F2A9C K7F2QX")
    ]
    parts.heard = [Entry(1, 0, 120, "keadaan darurat", '"ADM-CID"0001R0L0#1234[#1234|1120 01 001]')]
    expect(box.locator("#texts")).to_contain_text("Ke Piket Polsek")
    expect(box.locator("#centre-log")).to_contain_text("1120 01 001")
    answer = box.get_by_label("Balasan")
    expect(answer).to_have_value("OK 3F2A9C K7F2QX")
    box.get_by_role("button", name="Kirim SMS").click()
    wait_until(lambda: parts.done == ["sms piket OK 3F2A9C K7F2QX"])


def test_what_somebody_is_typing_is_not_replaced_by_a_new_text(box: Page, parts: Parts) -> None:
    box.get_by_label("Balasan").fill("OK")
    parts.sms = [Text(1, "out", "lurah", "Lurah", "Balas: OK 3F2A9C K7F2QX", 0, "OK 3F2A9C K7F2QX")]
    expect(box.locator("#texts")).to_contain_text("Ke Lurah")
    expect(box.get_by_label("Balasan")).to_have_value("OK")
    box.get_by_role("button", name="Balas sebagai Lurah").click()
    expect(box.get_by_label("Balasan")).to_have_value("OK 3F2A9C K7F2QX")
    expect(box.get_by_label("Telepon")).to_have_value("lurah")


def test_the_silent_button_presses_its_own_input(box: Page, parts: Parts) -> None:
    parts.inputs = ("panic", "silent")
    box.get_by_role("button", name="Tahan satu detik", exact=True).click()
    wait_until(lambda: parts.done == ["press silent 1.2"])


def test_the_front_page_tells_where_everything_is_and_how_it_is(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("link", name="Posko", exact=True)).to_have_attribute("href", "http://127.0.0.1:8082/posko/")
    expect(page.locator("#part-kiosk .part-health")).to_have_text("Menyala…")
    expect(page.locator("#processes")).to_contain_text("broker")
    expect(page.get_by_text("Siti Aminah · PIN 246810")).to_be_visible()
