"""An alert goes next, whoever else waits."""

from __future__ import annotations

import threading

from sync.central.store.turns import Turns
from tests.sync.site import eventually


def test_the_urgent_goes_before_every_ordinary_one_that_waited_earlier() -> None:
    turns, order = Turns(), list[str]()
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with turns.ordinary():
            inside.set()
            assert leave.wait(10)

    def ordinary(name: str) -> None:
        with turns.ordinary():
            order.append(name)

    def urgent() -> None:
        with turns.urgent():
            order.append("urgent")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert inside.wait(10)
    waiting = [threading.Thread(target=ordinary, args=(f"ordinary {each}",)) for each in range(3)]
    for thread in waiting:
        thread.start()
    assert not turns.somebody_urgent
    late = threading.Thread(target=urgent)
    late.start()
    eventually(lambda: turns.somebody_urgent)
    leave.set()
    for thread in [*threads, *waiting, late]:
        thread.join(10)
    # One ordinary one may stand at the door already; nobody else goes first.
    assert order.index("urgent") <= 1
    assert not turns.somebody_urgent


def test_a_turn_that_fails_gives_the_turn_back() -> None:
    turns = Turns()
    for turn in (turns.ordinary, turns.urgent):
        try:
            with turn():
                raise ValueError
        except ValueError:
            pass
    with turns.ordinary():
        pass
