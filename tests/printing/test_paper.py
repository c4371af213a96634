"""The interpreter: every command lands where a printer would put it, and what can't be drawn is said."""

from __future__ import annotations

import pytest
from pyzbar import pyzbar

from kiosk.printing.commands import UnknownCommand
from kiosk.printing.paper import picture, stacked, text_of
from kiosk.printing.print_head import Cut, Letter, Stamp, operations
from kiosk.printing.slip import render
from tests.printing.slips import USUAL, WIDE


def letters(data: bytes, width_dots: int = 576) -> list[Letter]:
    return [drawn for drawn in operations(data, width_dots) if isinstance(drawn, Letter)]


def test_text_is_decoded_with_the_code_page_that_was_chosen() -> None:
    text = b"\x1bt\x00\x82\x1bt\x10\xe9\x1bt\x02\x82\x1bt\x13\xd5\n"
    assert text_of(text) == "ééé€"


def test_a_byte_without_a_letter_in_its_code_page_is_refused_with_its_place() -> None:
    with pytest.raises(UnknownCommand, match="byte 5"):
        operations(b"\x1bt\x10AB\x81\n")


def test_a_line_ends_by_itself_at_the_edge_of_the_paper() -> None:
    assert text_of(b"x" * 49 + b"\n") == "x" * 48 + "\nx"
    assert text_of(b"x" * 33 + b"\n", 384) == "x" * 32 + "\nx"


@pytest.mark.parametrize(("align", "left"), [(0, 0), (1, 276), (2, 552)])
def test_justification_moves_the_line(align: int, left: int) -> None:
    assert letters(b"\x1ba" + bytes((align,)) + b"ab\n")[0].left == left


def test_style_stays_until_it_is_changed_and_initialise_forgets_it() -> None:
    a, b, c = letters(b"\x1bE\x01\x1b-\x02\x1dB\x01\x1d!\x12a\x1bE\x00b\n\x1b@c\n")
    assert (a.bold, a.underline, a.inverse, a.width, a.height) == (True, 2, True, 2, 3)
    assert (b.bold, b.underline, b.width) == (False, 2, 2)
    assert (c.bold, c.underline, c.inverse, c.width, c.height) == (False, 0, False, 1, 1)


def test_letters_of_different_height_stand_on_one_line() -> None:
    small, tall = letters(b"a\x1d!\x01b\n")
    assert small.top + 24 == tall.top + 48


def test_lines_and_feeds_add_up() -> None:
    a, b, c, d = letters(b"a\nb\x1bd\x02c\x1bJ\x0ad\n")
    # a: default 30 dots; b: printed by the feed (24) and two lines; c: printed by the feed (24) and ten dots
    assert [letter.top for letter in (a, b, c, d)] == [0, 30, 30 + 24 + 60, 30 + 24 + 60 + 24 + 10]


def test_a_raster_wider_than_the_paper_is_refused_never_clipped() -> None:
    row = b"\x1dv0\x00\x31\x00\x01\x00" + bytes(49)
    assert isinstance(operations(row, 576)[0], Stamp)
    with pytest.raises(UnknownCommand, match="leave the paper"):
        operations(row, 384)


def test_a_column_image_stands_upright_in_its_line() -> None:
    # two columns: the first has only its top dot, the second only its bottom dot
    stamp, letter, _ = (*operations(b"\x1b*!\x02\x00\x80\x00\x00\x00\x00\x01a\n"), None)
    assert isinstance(stamp, Stamp)
    assert (stamp.width, stamp.height, stamp.rows[0], stamp.rows[-1]) == (2, 24, 0x80, 0x40)
    assert isinstance(letter, Letter)
    assert letter.left == 2


def test_each_cut_ends_a_strip_of_paper() -> None:
    one, two = picture(render(USUAL, WIDE)), picture(render(USUAL, WIDE) * 2)
    assert sum(isinstance(drawn, Cut) for drawn in operations(render(USUAL, WIDE) * 2)) == 2
    assert (two.width, two.height) == (one.width, 2 * one.height)


def test_ink_stays_inside_the_printable_width() -> None:
    paper = picture(b"M" * 48 + b"\n\x1dVB\x00").convert("L")
    dark = paper.point(lambda level: 255 if level < 90 else 0).crop((30, 60, paper.width - 30, paper.height - 60))
    box = dark.getbbox()
    assert box is not None
    assert box[2] - box[0] <= 576


def test_a_roll_that_nothing_was_printed_on_is_blank_paper() -> None:
    assert stacked([], 384).width < stacked([]).width
    assert picture(b"").height > 100


@pytest.mark.parametrize(
    "behind",
    [b"\x1b@", b"\x1dv0\x00\x01\x00\x01\x00\xff", b"\x1ba\x01", b"\x1dVB\x00", b"\x1d(k\x03\x001Q0"],
    ids=["initialise", "raster", "align", "cut", "qr"],
)
def test_what_a_printer_obeys_only_at_the_beginning_of_a_line_is_refused_behind_letters(behind: bytes) -> None:
    stored = b"\x1d(k\x04\x001P0a"
    assert operations(stored + b"abc\n" + behind) is not None
    with pytest.raises(UnknownCommand, match=r"byte 12 .*behind letters"):
        operations(stored + b"abc" + behind)


def test_a_qr_of_the_printers_own_is_read_by_a_camera() -> None:
    link = b"https://kentongan.padang.go.id/lacak/K7F-234-QX3"
    own = b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x05\x1d(k\x03\x001E0"
    store = b"\x1d(k" + (len(link) + 3).to_bytes(2, "little") + b"1P0" + link
    paper = picture(b"\x1b@\x1ba\x01" + own + store + b"\x1d(k\x03\x001Q0" + b"\x1dVB\x00")
    assert [found.data for found in pyzbar.decode(paper.convert("L"))] == [link]


@pytest.mark.parametrize("stored", [b"", b"\x1d(k" + (3003).to_bytes(2, "little") + b"1P0" + b"x" * 3000])
def test_a_qr_that_cannot_be_printed_is_refused(stored: bytes) -> None:
    with pytest.raises(UnknownCommand):
        operations(stored + b"\x1d(k\x03\x001Q0")
