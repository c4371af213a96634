"""What to send next, walked in any order: each event is sent, none is skipped, the window holds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.core.clock import Moment
from kiosk.core.event import Event, Lane
from sync.plan import LanePlan, Window, back_off_s, fill, is_overdue, resume, time_out_s

BOOT = Moment(1, True, "boot", 1)


def an_event(seq: int, body_bytes: int = 2) -> Event:
    return Event("31.74.05.1001-k1", "0" * 16, Lane.SERVICE, seq, "k", BOOT, b"{" + b" " * (body_bytes - 2) + b"}")


class Sending(RuleBasedStateMachine):
    """A lane, a central that commits what reaches it, and a wire that loses, doubles and reorders both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = 0
        self.plan = resume(0)
        self.window = Window(in_flight_most=3, events_most=4)
        self.wire: list[tuple[int, int]] = []
        self.central: set[int] = set()
        self.acks: list[int] = []
        self.now_s = 0.0

    def held(self) -> int:
        through = 0
        while through + 1 in self.central:
            through += 1
        return through

    @rule(count=st.integers(1, 6))
    def something_happens_at_the_site(self, count: int) -> None:
        self.journal += count

    @precondition(
        lambda self: len(self.plan.under_way) < self.window.in_flight_most and self.plan.handed < self.journal
    )
    @rule()
    def a_message_leaves(self) -> None:
        self.now_s += 1
        first = self.plan.handed + 1
        rows = [an_event(seq) for seq in range(first, self.journal + 1)]
        through = first + fill(rows, self.window) - 1
        self.wire.append((first, through))
        self.plan = self.plan.send(through, self.now_s)

    @precondition(lambda self: self.wire)
    @rule(data=st.data(), kept=st.booleans())
    def a_message_arrives_in_any_order_and_maybe_again(self, data: st.DataObject, kept: bool) -> None:
        at = data.draw(st.integers(0, len(self.wire) - 1))
        first, through = self.wire[at] if kept else self.wire.pop(at)
        self.central |= set(range(first, through + 1))
        self.acks.append(self.held())

    @precondition(lambda self: self.wire)
    @rule(data=st.data())
    def a_message_is_lost(self, data: st.DataObject) -> None:
        self.wire.pop(data.draw(st.integers(0, len(self.wire) - 1)))

    @precondition(lambda self: self.acks)
    @rule(data=st.data(), kept=st.booleans())
    def an_acknowledgement_arrives_in_any_order_and_maybe_again(self, data: st.DataObject, kept: bool) -> None:
        at = data.draw(st.integers(0, len(self.acks) - 1))
        self.plan = self.plan.acknowledge(self.acks[at] if kept else self.acks.pop(at))

    @rule()
    def the_connection_is_opened_anew(self) -> None:
        self.wire.clear()
        self.acks.clear()
        self.plan = resume(self.held())

    @rule(forgets=st.integers(0, 10))
    def the_central_comes_back_from_an_older_copy(self, forgets: int) -> None:
        self.central = set(range(1, max(0, self.held() - forgets) + 1))
        self.the_connection_is_opened_anew()

    @invariant()
    def nothing_is_skipped_and_nothing_is_claimed(self) -> None:
        plan, held = self.plan, self.held()
        assert plan.acknowledged <= held
        assert plan.acknowledged <= plan.handed <= self.journal
        ends = [sent.through for sent in plan.under_way]
        assert ends == sorted(set(ends))
        assert all(plan.acknowledged < end <= plan.handed for end in ends)
        assert (plan.handed == plan.acknowledged) == (not ends)
        assert len(ends) <= self.window.in_flight_most
        assert plan.oldest_s() == (min(sent.at_s for sent in plan.under_way) if ends else None)

    def teardown(self) -> None:
        """A quiet line at last: everything arrives."""
        self.the_connection_is_opened_anew()
        while self.plan.handed < self.journal:
            self.a_message_leaves()
            first, through = self.wire.pop()
            self.central |= set(range(first, through + 1))
            self.plan = self.plan.acknowledge(self.held())
        assert self.held() == self.journal
        assert not self.plan.under_way


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@given(st.lists(st.integers(2, 3000), max_size=40), st.integers(1, 50), st.integers(1, 5000))
def test_a_message_holds_as_much_as_fits_and_at_least_one(sizes: list[int], most: int, bytes_most: int) -> None:
    events = [an_event(seq, size) for seq, size in enumerate(sizes, start=1)]
    count = fill(events, Window(events_most=most, bytes_most=bytes_most))
    cost = [size + 41 for size in sizes]
    assert (count == 0) == (not events)
    assert count <= min(most, len(events))
    assert count <= 1 or sum(cost[:count]) <= bytes_most
    assert count in (most, len(events)) or count == 0 or sum(cost[: count + 1]) > bytes_most


def test_an_acknowledgement_that_says_less_or_the_same_changes_nothing() -> None:
    plan = LanePlan(5, 9, ()).send(12, 1.0)
    assert plan.acknowledge(5) is plan
    assert plan.acknowledge(3) is plan
    assert plan.acknowledge(7).under_way == plan.under_way


@given(st.one_of(st.none(), st.floats(0, 1000)), st.integers(0, 100))
def test_the_time_out_stays_between_five_seconds_and_a_minute(trip_s: float | None, failed: int) -> None:
    patient = time_out_s(trip_s, failed)
    assert 5 <= time_out_s(trip_s) <= patient <= 60
    assert time_out_s(trip_s, failed + 1) >= patient


def test_a_line_that_is_slower_than_its_first_answer_gets_longer_each_time() -> None:
    assert [time_out_s(0.1, failed) for failed in range(6)] == [5, 10, 20, 40, 60, 60]


def test_a_line_is_overdue_only_when_nothing_at_all_moved() -> None:
    plans = [resume(0).send(3, at_s=10.0).send(6, at_s=10.1), resume(0)]
    assert not is_overdue(plans, progress_s=0.0, now_s=14.9, limit_s=5.0)
    assert is_overdue(plans, progress_s=0.0, now_s=15.1, limit_s=5.0)
    assert not is_overdue(plans, progress_s=13.0, now_s=17.9, limit_s=5.0)
    assert is_overdue(plans, progress_s=13.0, now_s=18.1, limit_s=5.0)
    assert not is_overdue([resume(7)], progress_s=0.0, now_s=1e9, limit_s=5.0)


@given(st.integers(-1, 10_000), st.floats(0, 1, exclude_max=True))
def test_back_off_is_full_jitter_within_its_bounds(failures: int, chance: float) -> None:
    assert 0.1 <= back_off_s(failures, chance) <= 30.1
    assert back_off_s(failures, 0.0) == 0.1
    assert back_off_s(failures, chance) <= back_off_s(failures + 1, chance)
