"""The reader of ESC/POS: the same commands however the bytes arrive, and a place for all that is none of ours."""

from __future__ import annotations

import pytest

from kiosk.printing.commands import Command, Reader, UnknownCommand, commands
from kiosk.printing.slip import render
from tests.printing.slips import SLIPS, WIDE


def read_in_pieces(data: bytes, piece_bytes: int) -> list[Command]:
    reader = Reader()
    found = []
    for start in range(0, len(data), piece_bytes):
        reader.feed(data[start : start + piece_bytes])
        while (command := reader.next()) is not None:
            found.append(command)
    assert reader.waiting_bytes == 0
    return found


@pytest.mark.parametrize("piece_bytes", [1, 7, 1024])
def test_commands_are_the_same_in_any_pieces(piece_bytes: int) -> None:
    data = b"\x1b@\x1bt\x00\x1dv0\x00\x02\x00\x02\x00\x10\x04\x01\x1b" + b"\x1bE\x01A\n\x1b*!\x01\x00abc\x1dVB\x00"
    assert read_in_pieces(data, piece_bytes) == commands(data)
    assert b"".join(command.source for command in commands(data)) == data


@pytest.mark.parametrize("name", SLIPS)
def test_every_byte_of_a_slip_belongs_to_a_command(name: str) -> None:
    data = render(SLIPS[name], WIDE)
    found = commands(data)
    assert b"".join(command.source for command in found) == data
    assert (found[0].name, found[-1].name) == ("initialise", "cut")
    assert [command.name for command in found].count("cut") == 1


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"\x1b@\x1bp\x00", 2),  # the cash drawer: real, but never ours
        (b"AB\x07", 2),
        (b"\x1b@\x1bE\x05", 2),
        (b"\x1dv0\x03\x01\x00\x01\x00x", 0),  # quadruple size
        (b"\x1dv0\x00\x00\x00\x01\x00", 0),  # no width
        (b"\x1dv0\x00\xff\xff\xff\xff", 0),  # four gigabytes
        (b"\x1b*\x00\x01\x00a", 0),
        (b"\x1dVq", 0),
        (b"A\x1bt\x09", 1),
        (b"A\x1d(L\x02\x0000", 1),  # graphics by GS ( L: real, but never ours
        (b"\x1d(k\x04\x001A1\x00", 0),  # QR model 1
        (b"\x1d(k\x03\x001C\x00", 0),  # a module of no dots
        (b"\x1d(k\x03\x001C\x11", 0),
        (b"\x1d(k\x03\x001E\x34", 0),  # no such level of correction
        (b"\x1d(k\x03\x001P0", 0),  # a QR of nothing
        (b"\x1d(k\x04\x001Q00", 0),  # one byte too many
        (b"\x1d(H\x06\x0000abc\x1f", 0),  # a process id that no printer may send back
        (b"\x1d(H\x05\x0000abc", 0),
        (b"\x1d(H\x00\x00", 0),
    ],
)
def test_what_is_not_ours_is_refused_with_its_place(data: bytes, offset: int) -> None:
    with pytest.raises(UnknownCommand) as refused:
        commands(data)
    assert refused.value.offset == offset
    assert f"byte {offset}" in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b",
        b"\x1bE",
        b"AB\x1dv0\x00\x01\x00\x02\x00x",
        b"\x1dVB",
        b"\x1b*!\x01\x00ab",
        b"\x1d(",
        b"\x1d(H\x06\x0000ab",
    ],
)
def test_a_job_that_ends_inside_a_command_is_refused(data: bytes) -> None:
    with pytest.raises(UnknownCommand, match="ends inside"):
        commands(data)


def test_the_printers_own_qr_and_a_process_id_are_commands_with_their_data() -> None:
    data = b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0"
    found = commands(data + b"\x1d(H\x06\x0000J4k9")
    names = ["qr_model", "qr_module", "qr_correction", "qr_store", "qr_print", "process_id"]
    assert [command.name for command in found] == names
    assert [command.payload for command in found] == [b"", b"\x06", b"1", b"ab", b"", b"J4k9"]
    for piece_bytes in (1, 2, 9):
        assert read_in_pieces(data, piece_bytes) == found[:-1]


def test_bytes_that_mean_nothing_are_passed_over_between_commands() -> None:
    assert [command.name for command in commands(bytes(5) + b"\x1b@" + bytes(2) + b"A\n")] == [
        *("nothing", "initialise", "nothing", "text", "line_feed")
    ]
