"""The ticket: complete, readable, never clipped, small enough to print at once."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pyzbar import pyzbar

from kiosk.printing import lettering
from kiosk.printing.charset import printable
from kiosk.printing.layout import TicketSlip, render
from kiosk.printing.paper import picture, text_of
from kiosk.printing.print_head import Cut, Letter, Stamp, operations
from tests.printing.slips import LONG, USUAL

WIDTHS = pytest.mark.parametrize("width", [576, 384])
Width = Literal[576, 384]


def on(slip: TicketSlip, width: Width) -> TicketSlip:
    return msgspec.structs.replace(slip, paper_width_dots=width)


def words(text: str) -> str:
    """Letters alone: where a line was broken does not matter."""
    return "".join(text.split())


def seen_by_a_camera(data: bytes, width: Width) -> list[str]:
    paper = picture(data, width)
    ground = Image.new("RGBA", paper.size, (120, 110, 100, 255))
    ground.alpha_composite(paper)
    return [found.data.decode() for found in pyzbar.decode(ground.convert("L"))]


@WIDTHS
def test_the_qr_is_read_by_a_camera_and_leads_to_the_ticket(width: Width) -> None:
    assert seen_by_a_camera(render(on(USUAL, width)), width) == [USUAL.track_url]


@WIDTHS
@pytest.mark.parametrize("slip", [USUAL, LONG], ids=["usual", "long"])
def test_a_ticket_is_under_forty_kilobytes(slip: TicketSlip, width: Width) -> None:
    assert len(render(on(slip, width))) < 40_000


def test_the_same_slip_gives_the_same_bytes() -> None:
    assert render(USUAL) == render(USUAL)


@WIDTHS
def test_what_the_printer_writes_itself_is_all_there_however_long(width: Width) -> None:
    read = words(text_of(render(on(LONG, width)), width))
    for text in (LONG.agency, LONG.wait, LONG.issued_at, *LONG.requirements, "Tidak ada antrean di depan Anda"):
        assert words(printable(text)) in read


@WIDTHS
def test_a_word_longer_than_the_paper_is_broken_not_clipped(width: Width) -> None:
    endless = "Perpanjangan" * 12
    slip = msgspec.structs.replace(
        on(USUAL, width), site_name=endless, service_name=endless, agency=endless, fee=endless, number=endless
    )
    assert words(text_of(render(slip), width)).count(endless) == 6


def test_the_letters_alone_tell_which_ticket_it_is() -> None:
    assert "panggilan A-017." in text_of(render(USUAL))


def test_a_reprint_says_that_it_is_a_copy_and_which() -> None:
    first, second, original = (render(msgspec.structs.replace(USUAL, copy=copy)) for copy in (1, 2, 0))
    assert first != second
    assert first != original
    assert isinstance(operations(first)[0], Stamp)


def test_without_a_link_the_code_is_printed_in_letters() -> None:
    assert "7KQM-2HXV" in text_of(render(msgspec.structs.replace(USUAL, track_url="")))


def test_a_link_too_long_for_a_readable_qr_leaves_the_code() -> None:
    slip = msgspec.structs.replace(USUAL, track_url="https://contoh.go.id/" + "x" * 3000)
    assert "7KQM-2HXV" in text_of(render(slip))


def test_a_service_without_requirements_has_no_empty_list() -> None:
    assert "Siapkan" not in text_of(render(msgspec.structs.replace(USUAL, requirements=())))


def test_each_requirement_has_one_box_to_tick() -> None:
    boxes = [drawn for drawn in operations(render(USUAL)) if isinstance(drawn, Stamp) and drawn.width == 24]
    assert len(boxes) == len(USUAL.requirements)


@WIDTHS
def test_the_gaps_between_the_parts_burn_nothing(width: Width) -> None:
    gaps = [drawn for drawn in operations(render(on(USUAL, width)), width) if isinstance(drawn, Stamp)]
    assert {any(gap.rows) for gap in gaps if gap.width == 8} == {False}


texts = st.text(max_size=60)


@given(
    st.builds(
        TicketSlip,
        **dict.fromkeys(
            ("site_name", "agency", "number", "service_name", "issued_at", "wait", "fee", "track_code"), texts
        ),
        people_ahead=st.integers(0, 9999),
        requirements=st.lists(texts, max_size=4).map(tuple),
        track_url=st.text(max_size=300),
        copy=st.integers(0, 99),
        paper_width_dots=st.sampled_from([576, 384]),
    )
)
def test_any_text_makes_a_ticket_that_can_be_read_back(slip: TicketSlip) -> None:
    drawn = operations(render(slip), slip.paper_width_dots)
    assert isinstance(drawn[-1], Cut)
    assert sum(isinstance(operation, Cut) for operation in drawn) == 1
    read = words("".join(operation.character for operation in drawn if isinstance(operation, Letter)))
    for requirement in slip.requirements:
        assert words(printable(requirement)) in read


def burnt(image: Image.Image | None) -> int:
    assert image is not None
    return image.convert("L").histogram()[lettering.INK]


headings = st.text(st.sampled_from("ABgjpqyWM ÅÖéñ─i1.,"), min_size=1, max_size=24).map(printable).filter(bool)


@given(headings)
def test_a_heading_loses_no_dot_to_the_edge_of_its_raster(text: str) -> None:
    narrow = lettering.centred(text, 384, (29, 27, 25), 0.04, 1)
    if narrow is None:
        return
    size = next(size for size in (29, 27, 25) if lettering.width_of(text, size, 0.04 * size) <= 384)
    roomy = Image.new("L", (1400, 200), lettering.PAPER)
    left = 500 + (384 - lettering.width_of(text, size, 0.04 * size)) // 2
    pen = ImageDraw.Draw(roomy)
    lettering.draw_text(pen, left, 100 + size * 0.98, text, size, 0.04 * size)
    assert burnt(narrow) == burnt(lettering.crisp(roomy))
