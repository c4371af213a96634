"""What comes back from a printer: told apart by its bits, in any pieces; nothing late or garbled proves anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.answers import Answer, AnswerReader, Kind, Proof, Turns, process_id
from kiosk.printing.status import UNKNOWN, Paper
from kiosk.printing.wired import WiredPrinter

FOUR_WELL = {b"\x10\x04\x04": b"\x12", b"\x10\x04\x01": b"\x12", b"\x10\x04\x02": b"\x12", b"\x10\x04\x03": b"\x12"}


def read(*pieces: bytes) -> list[tuple[Kind, bytes]]:
    reader = AnswerReader()
    return [(answer.kind, answer.value) for piece in pieces for answer in reader.feed(piece)]


@pytest.mark.parametrize("piece_bytes", [1, 2, 64])
def test_every_kind_of_answer_is_known_by_its_bits(piece_bytes: int) -> None:
    stream = b"\x12\x7e" + b"\x00\x0f" + b"\x37\x22J4k9\x00" + b"\xff" + b"\x10\x00\x00\x00" + b"\x11\x13" + b"\x16"
    pieces = [stream[start : start + piece_bytes] for start in range(0, len(stream), piece_bytes)]
    assert read(*pieces) == [
        (Kind.STATUS, b"\x12"),
        (Kind.STATUS, b"\x7e"),
        (Kind.SENSORS, b"\x00"),
        (Kind.SENSORS, b"\x0f"),
        (Kind.PROCESS, b"J4k9"),
        (Kind.NOISE, b"\xff"),
        (Kind.STATUS, b"\x16"),
    ]


def test_a_status_that_the_printer_sends_by_itself_is_no_answer_to_gs_r() -> None:
    assert read(b"\x14\x00\x00\x0f") == []


@pytest.mark.parametrize("torn", [b"\x37\x22J4k9\x01", b"\x37J4k9\x00\x00"])
def test_a_process_id_that_was_garbled_on_the_way_is_noise(torn: bytes) -> None:
    kinds = {kind for kind, _ in read(torn)}
    assert Kind.NOISE in kinds
    assert Kind.PROCESS not in kinds


@given(st.lists(st.binary(max_size=9), max_size=9))
def test_pieces_never_change_what_was_said(pieces: list[bytes]) -> None:
    assert read(*pieces) == read(b"".join(pieces))


@given(st.uuids(), st.uuids())
def test_a_process_id_is_four_letters_that_a_printer_may_send_back(one: object, other: object) -> None:
    letters = process_id(str(one))
    assert len(letters) == 4
    assert letters.isalnum()
    assert letters.isascii()
    assert letters == process_id(str(one))
    assert one == other or letters != process_id(str(other))


SENSORS = Answer(Kind.SENSORS, b"\x00")


def test_as_many_answers_must_come_as_are_owed_and_one() -> None:
    turns = Turns(owed=1)
    assert turns.questions == 2
    assert [turns.take(SENSORS), turns.take(SENSORS)] == [False, True]
    assert turns.owed_now() == 0


def test_what_did_not_come_is_owed_next_time_but_not_for_ever() -> None:
    owed = 0
    for _ in range(9):
        owed = Turns(owed).owed_now()
    assert owed == Turns.MOST_OWED


@pytest.mark.parametrize("bad", [Answer(Kind.NOISE, b"\xff"), Answer(Kind.SENSORS, b"\x0c")])
def test_noise_and_the_end_of_the_roll_prove_nothing(bad: Answer) -> None:
    turns = Turns()
    assert not turns.take(bad)
    assert not turns.take(SENSORS)


class ScriptedWire:
    """Gives what the test says when it is asked, and lets `later` come at the next reading that waits."""

    answers = True

    def __init__(self) -> None:
        self.gives: dict[bytes, bytes] = dict(FOUR_WELL)
        self.later = b""
        self.asked: list[bytes] = []
        self.now_s = 0.0
        self._came = b""

    def write(self, chunk: bytes, timeout_s: float) -> int:
        self.asked.append(chunk)
        self._came += self.gives.get(chunk, b"")
        return len(chunk)

    def read(self, timeout_s: float) -> bytes:
        if timeout_s and not self._came:
            self._came, self.later = self.later, b""
        if timeout_s and not self._came:
            self.now_s += timeout_s
        came, self._came = self._came, b""
        return came

    def close(self) -> None:
        self._came = b""

    def pause(self, seconds: float) -> None:
        self.now_s += seconds


def printer_on(wire: ScriptedWire) -> WiredPrinter:
    return WiredPrinter(wire, monotonic=lambda: wire.now_s, pause=wire.pause)


def test_a_proof_that_was_owed_to_the_ticket_before_does_not_prove_this_one() -> None:
    wire = ScriptedWire()
    printer = printer_on(wire)
    assert printer.proof("a", 1) is Proof.NONE
    wire.later = b"\x00"  # the answer for "a", while "b" still waits for paper
    assert printer.proof("b", 1) is Proof.NONE
    wire.later = b"\x00\x00"
    assert printer.proof("c", 1) is Proof.IN_TURN


def test_a_late_answer_is_taken_for_no_other_question() -> None:
    wire = ScriptedWire()
    printer = printer_on(wire)
    assert printer.status().paper is Paper.OK
    wire.gives.clear()
    assert printer.status() == UNKNOWN
    assert wire.asked[-1] == b"\x10\x04\x04", "the unanswered question was the last"
    wire.later = b"\x1e"  # it comes now: "little paper", which as an answer to DLE EOT 1 would say "offline"
    wire.gives = dict(FOUR_WELL)
    status = printer.status()
    assert (status.paper, status.online) == (Paper.OK, True)


def test_the_rest_of_an_answer_that_was_read_in_two_pieces_is_no_answer_itself() -> None:
    wire = ScriptedWire()
    wire.gives[b"\x10\x04\x03"] = b"\x12\x37\x22ab"  # an id that comes late, in the middle of the next round
    printer = printer_on(wire)
    assert printer.status().answered
    wire.later = b"cd\x00"
    assert printer.proof("a", 1) is Proof.NONE


def test_whether_a_printer_gives_process_ids_is_asked_once_and_anew_when_one_fails() -> None:
    class GivesIds(ScriptedWire):
        works = True

        def write(self, chunk: bytes, timeout_s: float) -> int:
            if chunk.startswith(b"\x1d(H") and self.works:
                self.gives[chunk] = b"\x37\x22" + chunk[-4:] + b"\x00"
            return super().write(chunk, timeout_s)

    wire = GivesIds()
    printer = printer_on(wire)
    for _ in range(3):
        printer.status()
    assert [chunk[:3] for chunk in wire.asked].count(b"\x1d(H") == 1
    assert printer.proof("job", 1) is Proof.BY_PROCESS_ID
    assert wire.asked[-1].endswith(process_id("job").encode())
    wire.works = False
    assert printer.proof("other", 1) is Proof.NONE
    wire.asked.clear()
    printer.status()
    printer.status()
    assert [chunk[:3] for chunk in wire.asked].count(b"\x1d(H") == 1


def test_another_jobs_process_id_proves_nothing() -> None:
    wire = ScriptedWire()
    printer = printer_on(wire)
    printer._gives_ids = True
    wire.later = b"\x37\x22" + process_id("earlier").encode() + b"\x00"
    assert printer.proof("job", 1) is Proof.NONE


@pytest.mark.parametrize("proof", ["paper_status", "none"])
def test_a_site_may_leave_questions_out_that_its_printer_would_print(proof: str) -> None:
    wire = ScriptedWire()
    wire.gives[b"\x1dr\x01"] = b"\x00"
    printer = WiredPrinter(wire, proof, monotonic=lambda: wire.now_s, pause=wire.pause)  # type: ignore[arg-type]
    printer.status()
    assert printer.proof("a", 1) is (Proof.IN_TURN if proof == "paper_status" else Proof.NONE)
    assert not any(chunk.startswith(b"\x1d(") for chunk in wire.asked)
