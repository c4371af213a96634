"""Slips: complete, readable, never clipped, in every language, with nothing that a printer obeys out of turn."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pyzbar import pyzbar

from kiosk.catalogue.wording import Words
from kiosk.core.errors import BadInput
from kiosk.core.printer_settings import Medium
from kiosk.core.toml import load
from kiosk.printing import lettering, words
from kiosk.printing.blocks import words_of
from kiosk.printing.charset import printable
from kiosk.printing.commands import commands
from kiosk.printing.image_commands import raster
from kiosk.printing.interrupted import LARGEST_IMAGE_BYTES
from kiosk.printing.layout import TicketSlip
from kiosk.printing.paper import picture, text_of
from kiosk.printing.print_head import Cut, Letter, Stamp, operations
from kiosk.printing.receipt import Receipt
from kiosk.printing.slip import Slip, blocks_of, copy_of, queued, render, render_queued
from kiosk.printing.symbol import INK, PAPER
from tests.printing.slips import LONG, NARROW, REQUEST, SLIPS, USUAL, WIDE

MEDIA = {
    "80 mm": WIDE,
    "58 mm": NARROW,
    "80 mm, the printer's own QR": Medium(576, "native"),
    "58 mm, the printer's own QR": Medium(384, "native"),
    "80 mm, the printer's letters": Medium(576, "raster", "printer"),
    "58 mm, all of the printer's own": Medium(384, "native", "printer"),
}
ON_EVERY_PAPER = pytest.mark.parametrize("medium", MEDIA.values(), ids=MEDIA)
EVERY_SLIP = pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
OBEYED_AT_ONCE = re.compile(rb"\x10[\x04\x05\x14]")


def squeezed(text: str) -> str:
    """Letters alone: where a line was broken does not matter."""
    return "".join(text.split())


def length(job: bytes) -> int:
    """Dots of paper."""
    return max(operation.top for operation in operations(job, 576))


def seen_by_a_camera(data: bytes, medium: Medium) -> list[str]:
    paper = picture(data, medium.width_dots)
    ground = Image.new("RGBA", paper.size, (120, 110, 100, 255))
    ground.alpha_composite(paper)
    return [found.data.decode() for found in pyzbar.decode(ground.convert("L"))]


@ON_EVERY_PAPER
@EVERY_SLIP
def test_the_qr_is_read_by_a_camera_and_leads_back(slip: Slip, medium: Medium) -> None:
    job = render(slip, medium)
    assert seen_by_a_camera(job, medium) == [slip.track_url]
    assert seen_by_a_camera(copy_of(job, 3, medium), medium) == [slip.track_url]


@ON_EVERY_PAPER
@EVERY_SLIP
def test_a_slip_opens_with_esc_at_and_ends_with_its_only_cut(slip: Slip, medium: Medium) -> None:
    job = render(slip, medium)
    assert job.startswith(b"\x1b@")
    names = [command.name for command in commands(job)]
    assert (names[-1], names.count("cut"), names.count("initialise")) == ("cut", 1, 1)


@ON_EVERY_PAPER
@EVERY_SLIP
def test_no_slip_has_bytes_that_a_printer_obeys_out_of_turn(slip: Slip, medium: Medium) -> None:
    assert OBEYED_AT_ONCE.search(copy_of(render(slip, medium), 1, medium)) is None


@ON_EVERY_PAPER
@EVERY_SLIP
def test_no_image_is_longer_than_what_makes_a_printer_forget_it(slip: Slip, medium: Medium) -> None:
    assert max(len(command.payload) for command in commands(render(slip, medium))) <= LARGEST_IMAGE_BYTES


@EVERY_SLIP
def test_a_slip_is_small_enough_to_print_at_once(slip: Slip) -> None:
    assert len(render(slip, WIDE)) < 64_000
    assert len(render(slip, Medium(576, "native", "printer"))) < 32_000  # three seconds at 115,200 baud


def test_the_same_slip_gives_the_same_bytes() -> None:
    assert render(USUAL, WIDE) == render(USUAL, WIDE) == render_queued(queued(USUAL), WIDE)


def test_a_ticket_says_everything_that_the_specification_names() -> None:
    said = words_of(blocks_of(USUAL))
    for text in (USUAL.site_name, USUAL.agency, USUAL.number, USUAL.service_name, USUAL.issued_at, USUAL.wait):
        assert text in said
    for text in (USUAL.fee, *USUAL.requirements, USUAL.track_code, "3 orang di depan Anda"):
        assert text in said


def test_a_receipt_says_what_was_received_until_when_and_how_to_follow_it() -> None:
    said = words_of(blocks_of(REQUEST))
    for text in (
        REQUEST.subject,
        REQUEST.promise,
        f"Diterima {REQUEST.received_at}",
        REQUEST.track_code,
        *REQUEST.bring,
    ):
        assert text in said
    assert "TANDA TERIMA PERMOHONAN" in said
    assert "Nama Anda tidak dicatat." not in said
    assert "Nama Anda tidak dicatat." in words_of(blocks_of(SLIPS["complaint"]))


@EVERY_SLIP
@pytest.mark.parametrize("width_dots", [576, 384])
def test_what_the_printers_own_letters_say_is_all_there(slip: Slip, width_dots: int) -> None:
    medium = msgspec.convert({"width_dots": width_dots, "letters": "printer"}, Medium)
    read = squeezed(text_of(render(slip, medium), medium.width_dots))
    drawn = {slip.site_name, slip.track_code, getattr(slip, "fee", ""), getattr(slip, "number", "")}
    drawn |= {getattr(slip, "service_name", ""), getattr(slip, "subject", "")}
    beside_the_qr = {"Kode lacak", "Pindai, atau ketik di kios"}
    for text in set(words_of(blocks_of(slip))) - drawn - beside_the_qr:
        assert squeezed(printable(text)) in read


@pytest.mark.parametrize("medium", [WIDE, NARROW])
def test_a_word_longer_than_the_paper_is_broken_not_clipped(medium: Medium) -> None:
    endless = "Perpanjangan" * 12
    slip = msgspec.structs.replace(
        USUAL, site_name=endless, service_name=endless, agency=endless, fee=endless, number=endless, wait=endless
    )
    assert squeezed(text_of(render(slip, medium), medium.width_dots)).count(endless) == 7


@EVERY_SLIP
def test_the_letters_alone_tell_which_slip_it_is(slip: Slip) -> None:
    name = slip.number if isinstance(slip, TicketSlip) else slip.track_code
    assert f"{name}" in text_of(render(slip, WIDE))


def test_a_copy_is_the_original_byte_by_byte_under_a_bar_that_says_which_copy_it_is() -> None:
    job = render(USUAL, WIDE)
    first, second = copy_of(job, 1, WIDE), copy_of(job, 2, WIDE)
    assert first.endswith(job)
    assert second.endswith(job)
    assert first != second
    bar = operations(second)[0]
    assert isinstance(bar, Stamp)
    assert bar.width == WIDE.width_dots
    assert [command.name for command in commands(second)].count("cut") == 1


def test_without_a_link_the_code_is_printed_alone() -> None:
    slip = msgspec.structs.replace(USUAL, track_url="")
    assert seen_by_a_camera(render(slip, WIDE), WIDE) == []
    assert USUAL.track_code in words_of(blocks_of(slip))
    assert len(render(slip, WIDE)) > len(render(msgspec.structs.replace(slip, track_code=""), WIDE))


def test_a_link_too_long_for_a_readable_qr_leaves_the_code() -> None:
    slip = msgspec.structs.replace(USUAL, track_url="https://contoh.go.id/" + "x" * 3000)
    assert render(slip, WIDE) == render(msgspec.structs.replace(USUAL, track_url=""), WIDE)


def test_a_code_that_does_not_fit_beside_the_qr_stands_under_it() -> None:
    slip = msgspec.structs.replace(USUAL, track_code="7KQ-M2H-XV4-7KQ-M2H-XV4")
    assert seen_by_a_camera(render(slip, NARROW), NARROW) == [USUAL.track_url]
    assert length(render(slip, NARROW)) > length(render(USUAL, NARROW))


def test_a_service_without_requirements_has_no_empty_list() -> None:
    assert "Siapkan sebelum dipanggil" not in words_of(blocks_of(msgspec.structs.replace(USUAL, requirements=())))


def test_every_language_of_the_screen_has_its_own_paper() -> None:
    papers = {language: render(msgspec.structs.replace(USUAL, language=language), WIDE) for language in words.LANGUAGES}
    assert len(set(papers.values())) == len(words.LANGUAGES) == 5
    assert "Please wait for A-017." in text_of(papers["en"])
    assert "Mangga ngentosi timbalan A-017." in text_of(papers["jv"])


def test_no_word_of_the_paper_lacks_a_language_or_a_letter() -> None:
    table = load(words.SOURCE, dict[str, Words])
    for name, said in table.items():
        for language in words.LANGUAGES:
            text = getattr(said, language)
            assert text, f"{name} is not said in {language}"
            assert "?" not in printable(text), f"{name} in {language} has a letter that no receipt printer has"


def test_values_that_are_no_slip_are_refused_in_words() -> None:
    for values in (b"", b"{}", b'{"type":"letter"}', queued(USUAL)[:-1]):
        with pytest.raises(BadInput, match="isi cetakan tidak dikenal"):
            render_queued(values, WIDE)


texts = st.text(max_size=60)
media = st.sampled_from(list(MEDIA.values()))
tickets = st.builds(
    TicketSlip,
    **dict.fromkeys(("site_name", "agency", "number", "service_name", "issued_at", "wait", "fee", "track_code"), texts),
    people_ahead=st.integers(-1, 9999),
    requirements=st.lists(texts, max_size=4).map(tuple),
    track_url=st.text(max_size=300),
    language=st.sampled_from([*words.LANGUAGES, "xx"]),
)
receipts = st.builds(
    Receipt,
    kind=st.sampled_from(["request", "complaint"]),
    **dict.fromkeys(("site_name", "agency", "subject", "received_at", "promise", "fee", "track_code"), texts),
    track_url=st.text(max_size=300),
    bring=st.lists(texts, max_size=3).map(tuple),
    anonymous=st.booleans(),
)


@given(tickets | receipts, media)
def test_any_text_makes_a_slip_that_can_be_read_back(slip: Slip, medium: Medium) -> None:
    job = render(slip, medium)
    drawn = operations(job, medium.width_dots)
    assert isinstance(drawn[-1], Cut)
    assert sum(isinstance(operation, Cut) for operation in drawn) == 1
    assert OBEYED_AT_ONCE.search(job) is None
    if medium.letters == "printer":
        read = squeezed("".join(operation.character for operation in drawn if isinstance(operation, Letter)))
        for item in slip.requirements if isinstance(slip, TicketSlip) else slip.bring:
            assert squeezed(printable(item)) in read


@given(st.binary(min_size=64, max_size=64).map(lambda rows: rows.replace(b"\x00", b"\x10").replace(b"\x01", b"\x04")))
def test_an_image_may_hold_any_dots_and_loses_none(rows: bytes) -> None:
    image = Image.frombytes("1", (64, 8), bytes(byte ^ 0xFF for byte in rows))
    sent = raster(image)
    assert OBEYED_AT_ONCE.search(sent) is None
    assert all(byte & wanted == wanted for byte, wanted in zip(sent[8:], rows, strict=True))


headings = st.text(st.sampled_from("ABgjpqyWM ÅÖéñ─i1.,"), min_size=1, max_size=24).map(printable).filter(bool)


@given(headings, st.sampled_from([600, 700, 800]))
def test_a_line_loses_no_dot_to_the_edge_of_its_image(text: str, weight: int) -> None:
    sizes = (36, 31, 27)
    lines = lettering.written(text, 576, sizes, weight, 1)
    if lines is None:
        return
    size = next(size for size in sizes if lettering.width_of(text, size, weight) <= 576)
    roomy, pen = lettering.sheet(1600, 200)
    lettering.draw_text(pen, 500 + (576 - lettering.width_of(text, size, weight)) // 2, 100, text, size, weight)
    assert burnt(lines[0]) == burnt(lettering.crisp(roomy))


def burnt(image: Image.Image) -> int:
    levels = image.convert("L").histogram()
    assert levels[INK] + levels[PAPER] == image.width * image.height
    return levels[INK]


def test_the_long_ticket_still_names_its_number_large() -> None:
    wide = [drawn for drawn in operations(render(LONG, WIDE)) if isinstance(drawn, Stamp)]
    assert max(drawn.height for drawn in wide if drawn.width > 500) >= 64  # 8 mm: read from across a table
