"""What the consumer's second thread does when the commit it was given fails."""

from __future__ import annotations

import select
from typing import Any, cast

import msgspec
import pytest

from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from sync.central.ingest.committer import EVENTS_WAITING_MOST, Committer
from sync.central.ingest.receive import Ready, Receiver
from tests.central.stories import Journal, issued


class Failing:
    """A receiver whose store gives out; nothing else of it is used."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def commit(self, batches: list[Ready]) -> Any:
        raise self._error

    def tidy(self) -> None:
        pass


def ready(events: int) -> Ready:
    journal = Journal(Lane.SERVICE)
    journal.add("ticket.issued", issued(1))
    came = journal.delivery()
    return Ready("topic", msgspec.structs.replace(came, events=came.events * events), None)


@pytest.mark.parametrize("error", [StoreError("disk full"), RuntimeError("a defect of ours")])
def test_a_commit_that_fails_is_told_and_nobody_waits_for_it_for_ever(error: Exception) -> None:
    with Committer(cast("Receiver", Failing(error))) as committer:
        committer.offer(ready(1))
        assert select.select([committer.woken], [], [], 10)[0], "nobody was woken"
        with pytest.raises(StoreError, match=str(error)):
            committer.collect()
        for _ in range(EVENTS_WAITING_MOST // 1_000 + 2):  # more than may wait for a commit that never comes
            committer.offer(ready(1_000))
