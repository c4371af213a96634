"""Any sequence of actions at three counters: nobody is skipped, served twice, lost, or passed beyond the maximum."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadTransition, Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.queue_rule import Reason
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import OPEN_STATES, Ticket, TicketAction, TicketState
from kiosk.store import hall, queue, tickets, visits, waiting_line
from kiosk.store.database import Store, open_store
from kiosk.store.journal import events
from kiosk.store.migrate import migrate
from tests.store.checks import DEVICE, require_sound_journal, require_sound_tickets
from tests.store.hall import LETTERS, VILLAGE, desk, draw

counters = st.integers(1, 3)
RULE = QueueSettings(longest_wait_min=30)


class Office(RuleBasedStateMachine):
    """The office and, beside it, what must be true of it: who was served, and who waits since when."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "kiosk.db"
        migrate(path, DEVICE)
        self.clock = ManualClock()
        self.store: Store = open_store(path, self.clock)
        self.store.one("PRAGMA synchronous=off")
        self.served = list[str]()
        self.drawn = list[Ticket]()

    def teardown(self) -> None:
        require_sound_journal(self.store)
        if self.drawn:
            require_sound_tickets(self.store)
        told = [event.kind for event in events(self.store, Lane.SERVICE, 0, 10_000)]
        assert told.count("ticket.served") == len(self.served) == len(set(self.served))
        self.store.close()
        self.folder.cleanup()

    @rule(service=st.sampled_from(sorted(VILLAGE)))
    def a_number_is_drawn(self, service: str) -> None:
        self.drawn.append(draw(self.store, service))

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes * 60)

    @rule(counter=counters)
    def call_next(self, counter: int) -> None:
        waiting_line.let_due_enter(self.store)
        line = waiting_line.line_at(self.store, desk(counter), RULE)
        late = [one.id for one in line if one.waited_s >= RULE.longest_wait_min * 60]
        was_free = queue.at_counter(self.store, counter) is None
        try:
            called, choice = queue.call_next(self.store, desk(counter), RULE)
        except NotFound:
            assert not line
        except Conflict:
            assert not was_free
        else:
            assert was_free
            assert (choice.reason is Reason.OVERDUE) == bool(late)
            assert called.id == (late[0] if late else called.id)
            lane = [one for one in line if one.lane is choice.turns.lane]
            assert late or called.id == min(lane, key=lambda one: one.arrived).id

    @precondition(lambda self: self.drawn)
    @rule(
        data=st.data(),
        counter=counters,
        action=st.sampled_from([one for one in TicketAction if one.value in ("recall", "start", "no-show", "hold")]),
    )
    def act(self, data: st.DataObject, counter: int, action: TicketAction) -> None:
        ticket = data.draw(st.sampled_from(self.drawn))
        with suppress(Conflict):
            queue.act(self.store, ticket.id, action, desk(counter), RULE)

    @precondition(lambda self: self.drawn)
    @rule(data=st.data(), counter=counters)
    def take_back_or_call_by_number(self, data: st.DataObject, counter: int) -> None:
        ticket = data.draw(st.sampled_from(self.drawn))
        with suppress(Conflict):
            queue.act(self.store, ticket.id, TicketAction.TAKE_BACK, desk(counter), RULE)
        with suppress(Conflict):
            queue.call_number(self.store, desk(counter), ticket.id, "diminta")

    @precondition(lambda self: self.drawn)
    @rule(data=st.data(), counter=counters)
    def finish(self, data: st.DataObject, counter: int) -> None:
        ticket = data.draw(st.sampled_from(self.drawn))
        with suppress(Conflict):
            visits.finish(self.store, ticket.id, desk(counter))
            self.served.append(ticket.id)

    @precondition(lambda self: self.drawn)
    @rule(data=st.data(), counter=counters, service=st.sampled_from(sorted(VILLAGE)), to=st.none() | counters)
    def transfer(self, data: st.DataObject, counter: int, service: str, to: int | None) -> None:
        ticket = data.draw(st.sampled_from(self.drawn))
        if to != counter:
            with suppress(BadTransition, Conflict):
                moved = visits.transfer(self.store, ticket.id, desk(counter), service, to, "", "salah loket")
                assert moved.arrived == ticket.arrived or ticket.due_ms is None

    @precondition(lambda self: self.drawn)
    @rule(data=st.data(), priority=st.sampled_from(["lansia", ""]))
    def priority(self, data: st.DataObject, priority: str) -> None:
        ticket = data.draw(st.sampled_from(self.drawn))
        with suppress(Conflict):
            visits.set_priority(self.store, ticket.id, desk(), priority, "diperiksa")

    @precondition(lambda self: self.drawn)
    @rule(data=st.data(), minutes=st.integers(-5, 40))
    def book(self, data: st.DataObject, minutes: int) -> None:
        ticket = data.draw(st.sampled_from(self.drawn))
        with suppress(Conflict):
            visits.book(self.store, ticket.id, desk(), self.clock.now().wall_ms + minutes * 60_000, "telepon")

    @invariant()
    def nobody_is_lost_and_a_counter_holds_one_at_most(self) -> None:
        store = self.store
        counted = hall.tickets_by_state(store, tickets.today(store))
        assert sum(counted.values()) == len(self.drawn)
        assert counted.get(TicketState.SERVED, 0) == len(self.served)
        waiting = store.all("SELECT service, COUNT(*) FROM ticket WHERE state = 'waiting' GROUP BY service")
        assert dict(waiting) == hall.waiting_by_service(store, tickets.today(store))
        held = store.all(
            "SELECT counter FROM ticket WHERE state IN ('called', 'serving') GROUP BY counter HAVING COUNT(*) > 1"
        )
        assert held == []

    @precondition(lambda self: self.drawn)
    @rule()
    def if_counters_go_on_calling_everybody_is_called(self) -> None:
        """Emptying the hall calls each waiting person exactly once, whatever went before."""
        waiting_line.let_due_enter(self.store)
        waiting = {row[0] for row in self.store.all("SELECT id FROM ticket WHERE state = 'waiting'")}
        for counter in (1, 2, 3):
            current = queue.at_counter(self.store, counter)
            if current is not None:
                visits.finish(self.store, current.id, desk(counter))
                self.served.append(current.id)
        called = list[str]()
        for counter in (1, 2, 3):
            with suppress(NotFound):
                while True:
                    ticket, _ = queue.call_next(self.store, desk(counter), RULE)
                    called.append(ticket.id)
                    visits.finish(self.store, ticket.id, desk(counter))
                    self.served.append(ticket.id)
        assert waiting <= set(called)
        assert len(called) == len(set(called))


assert set(LETTERS) > VILLAGE
assert TicketState.SERVED not in OPEN_STATES

TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=25, stateful_step_count=30)
