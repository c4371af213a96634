"""The printer's condition: the worst that is known, told when it changes and not more often than a minute apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.condition import CONDITION_WORDS, QUIET_S, Condition, ConditionLog, condition_of
from kiosk.printing.status import UNKNOWN, Paper, PrinterStatus, unreachable

READY = PrinterStatus(True, Paper.OK, False)
LOW = PrinterStatus(True, Paper.LOW, False)
OUT = PrinterStatus(False, Paper.OUT, False)


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        (READY, Condition.READY),
        (LOW, Condition.PAPER_LOW),
        (OUT, Condition.PAPER_OUT),
        (UNKNOWN, Condition.UNKNOWN),
        (PrinterStatus(True, Paper.UNKNOWN, False), Condition.UNKNOWN),
        (PrinterStatus(None, Paper.OK, None), Condition.UNKNOWN),
        (PrinterStatus(None, Paper.OUT, None), Condition.PAPER_OUT),
        (PrinterStatus(False, Paper.OK, True), Condition.COVER_OPEN),
        (PrinterStatus(False, Paper.OK, False), Condition.OFFLINE),
        (PrinterStatus(False, Paper.OK, False, "pemotong kertas macet"), Condition.FAULT),
        (unreachable("printer 10.0.0.9:9100 tidak tersambung"), Condition.UNREACHABLE),
    ],
)
def test_the_worst_that_is_known_is_the_condition(status: PrinterStatus, condition: Condition) -> None:
    assert condition_of(status) is condition


def test_every_condition_is_said_in_words() -> None:
    assert set(CONDITION_WORDS) == set(Condition)


class Ear:
    def __init__(self, last_told: Condition | None = None) -> None:
        self.now_s = 1000.0
        self.told: list[Condition] = []
        self.log = ConditionLog(lambda condition, _: self.told.append(condition), lambda: self.now_s, last_told)

    def hear(self, *statuses: PrinterStatus, apart_s: float = 2 * QUIET_S) -> list[Condition]:
        for status in statuses:
            self.log.hear(status)
            self.now_s += apart_s
        return self.told


def test_a_change_is_told_once() -> None:
    assert Ear().hear(READY, LOW, LOW, OUT, OUT, READY, READY) == [
        *(Condition.PAPER_LOW, Condition.PAPER_OUT, Condition.READY)
    ]


def test_a_printer_that_is_well_or_silent_from_the_start_is_no_news() -> None:
    assert Ear().hear(READY, UNKNOWN, READY) == []
    assert Ear().hear(READY, OUT) == [Condition.PAPER_OUT]


def test_a_restart_tells_nothing_again_and_a_recovery_in_between_is_told() -> None:
    assert Ear(Condition.PAPER_OUT).hear(OUT, OUT) == []
    assert Ear(Condition.PAPER_OUT).hear(READY) == [Condition.READY]


def test_silence_does_not_say_that_the_trouble_is_over() -> None:
    assert Ear().hear(OUT, UNKNOWN) == [Condition.PAPER_OUT, Condition.UNKNOWN]


def test_a_loose_plug_does_not_fill_the_journal_and_what_stands_is_told_in_the_end() -> None:
    ear = Ear()
    for _ in range(100):
        ear.hear(unreachable("kabel"), READY, apart_s=1)
    assert len(ear.told) <= 200 / QUIET_S + 1
    ear.hear(OUT, OUT, apart_s=QUIET_S)
    assert ear.told[-1] is Condition.PAPER_OUT


def test_what_could_not_be_told_is_told_at_the_next_look() -> None:
    ear, failures = Ear(), iter([True, False])

    def tell(condition: Condition, _: PrinterStatus) -> None:
        if next(failures):
            raise RuntimeError("penyimpanan penuh")
        ear.told.append(condition)

    log = ConditionLog(tell, lambda: ear.now_s)
    with pytest.raises(RuntimeError):
        log.hear(OUT)
    log.hear(OUT)
    assert ear.told == [Condition.PAPER_OUT]


@given(st.lists(st.tuples(st.sampled_from([READY, LOW, OUT, UNKNOWN]), st.floats(0, 90)), max_size=40))
def test_no_two_neighbours_in_the_journal_are_the_same_or_within_a_minute(
    looks: list[tuple[PrinterStatus, float]],
) -> None:
    ear = Ear()
    at: list[float] = []
    for status, apart_s in looks:
        before = len(ear.told)
        ear.hear(status, apart_s=apart_s)
        if len(ear.told) > before:
            at.append(ear.now_s - apart_s)
    assert all(one is not other for one, other in pairwise(ear.told))
    assert all(later - earlier >= QUIET_S for earlier, later in pairwise(at))
