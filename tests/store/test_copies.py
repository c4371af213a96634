"""Copies of what was printed: numbered, journalled with who asked and why, and only while nothing else may come out."""

from __future__ import annotations

import json
from functools import partial

import pytest

from kiosk.core.errors import Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.print_job import PrintAction, PrintState
from kiosk.store.copies import MOST_COPIES, queue_copy
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.print_jobs import PrintJobs, forget_paper, prints_of, queue_job
from kiosk.store.slips import waiting_slip


def barred(original: bytes, number: int) -> bytes:
    return b"<%d>" % number + original


def queue(store: Store, subject: str, data: bytes = b"original") -> str:
    with store.write():
        return queue_job(store, subject, data).id


def end(store: Store, job_id: str, *last: PrintAction) -> None:
    for action in (PrintAction.START, PrintAction.WRITTEN, *(last or (PrintAction.SILENT,))):
        PrintJobs(store).take(job_id, action)


copy = partial(queue_copy, officer="Siti", reason="tidak keluar", draw=barred)


def test_copies_are_counted_and_carry_the_originals_bytes(store: Store) -> None:
    end(store, queue(store, "t"))
    for number in (1, 2):
        job = copy(store, "t")
        assert (job.copy, job.bytes, job.state) == (number, b"<%d>original" % number, PrintState.QUEUED)
        assert PrintJobs(store).next_queued() == job
        end(store, job.id, PrintAction.PROVEN)
    assert [(job.copy, job.state, job.bytes) for job in prints_of(store, "t")] == [
        (0, PrintState.UNKNOWN, b""),
        (1, PrintState.CONFIRMED, b""),
        (2, PrintState.CONFIRMED, b""),
    ]


def test_who_asked_for_a_copy_and_why_is_journalled(store: Store) -> None:
    end(store, queue(store, "t"))
    job = copy(store, "t")
    told = events(store, Lane.SERVICE, 0, 100)[-1]
    assert told.kind == "print.copy"
    assert json.loads(told.body) == {
        "job": job.id, "subject": "t", "copy": 1, "officer": "Siti", "reason": "tidak keluar"
    }  # fmt: skip


@pytest.mark.parametrize("steps", [(), (PrintAction.START,), (PrintAction.START, PrintAction.WRITTEN)])
def test_no_copy_is_made_while_the_last_print_is_on_its_way(store: Store, steps: tuple[PrintAction, ...]) -> None:
    job_id = queue(store, "t")
    for action in steps:
        PrintJobs(store).take(job_id, action)
    with pytest.raises(Conflict, match="masih di printer"):
        copy(store, "t")


def test_a_double_click_makes_one_copy(store: Store) -> None:
    end(store, queue(store, "t"))
    copy(store, "t")
    with pytest.raises(Conflict, match="masih di printer"):
        copy(store, "t")
    assert [job.copy for job in prints_of(store, "t")] == [0, 1]


def test_two_officers_at_the_same_moment_make_one_copy(store: Store) -> None:
    end(store, queue(store, "t"))

    def meanwhile(original: bytes, number: int) -> bytes:
        end(store, copy(store, "t").id)
        return barred(original, number)

    with pytest.raises(Conflict, match="baru saja diminta"):
        queue_copy(store, "t", "Budi", "tidak keluar", meanwhile)
    assert [job.copy for job in prints_of(store, "t")] == [0, 1]


def test_what_was_never_printed_has_no_copy(store: Store) -> None:
    with pytest.raises(NotFound, match="tidak pernah"):
        copy(store, "stranger")


def test_after_the_day_there_is_nothing_left_to_copy(store: Store) -> None:
    end(store, queue(store, "t"))
    with store.write():
        forget_paper(store)
    with pytest.raises(Conflict, match="harinya sudah lewat"):
        copy(store, "t")


def test_damaged_and_undrawn_bytes_are_not_copied(store: Store) -> None:
    job_id = queue(store, "t")
    PrintJobs(store).take(job_id, PrintAction.REFUSED)
    with store.write():
        store.run("UPDATE print_job SET bytes = ? WHERE id = ?", b"originaX", job_id)
    with pytest.raises(Conflict, match="rusak"):
        copy(store, "t")
    PrintJobs(store).take(queue(store, "u", waiting_slip(b"{}")), PrintAction.REFUSED)
    with pytest.raises(Conflict, match="rusak"):
        copy(store, "u")


def test_copies_come_to_an_end(store: Store) -> None:
    end(store, queue(store, "t"))
    with store.write():
        last = queue_job(store, "t", b"x", MOST_COPIES)
    end(store, last.id)
    with pytest.raises(Conflict, match="periksa printer"):
        copy(store, "t")


def test_a_receipt_is_queued_like_a_ticket_and_in_its_order(store: Store) -> None:
    first, second = queue(store, "request"), queue(store, "complaint")
    assert first < second
    found = PrintJobs(store).next_queued()
    assert found
    assert found.id == first


def test_nothing_is_queued_outside_a_transaction(store: Store) -> None:
    with pytest.raises(RuntimeError, match="write"):
        queue_job(store, "t", b"x")
