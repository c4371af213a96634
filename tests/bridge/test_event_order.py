"""A box's events are read in order and once, whatever its wire does to them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.event_order import Arrival, EventOrder


@given(arrivals=st.lists(st.integers(1, 12), max_size=200))
def test_each_event_is_new_once_and_in_order_however_they_arrive(arrivals: list[int]) -> None:
    order = EventOrder()
    new = [one for one in [*arrivals, *range(1, 13)] if order.arrived("panic", one, one - 1) is Arrival.NEW]

    assert new == list(range(1, 13))


def test_an_event_waits_for_the_one_that_the_box_holds_before_it() -> None:
    order = EventOrder()

    assert order.arrived("panic", 2, before=1) is Arrival.EARLY
    assert order.arrived("panic", 1, before=0) is Arrival.NEW
    assert order.arrived("panic", 2, before=1) is Arrival.NEW


def test_what_an_earlier_host_acknowledged_leaves_no_hole() -> None:
    order = EventOrder()

    assert order.arrived("panic", 57, before=0) is Arrival.NEW
    assert order.arrived("fire", 60, before=57) is Arrival.NEW
    assert not order.has_all(61)


def test_a_known_event_is_acknowledged_again_only_once_it_was_decided() -> None:
    order = EventOrder()
    order.arrived("panic", 1, before=0)
    assert order.arrived("panic", 1, before=0) is Arrival.UNDECIDED

    assert order.decided("panic") == [1]

    assert order.arrived("panic", 1, before=0) is Arrival.DECIDED
    assert order.decided("panic") == []


def test_what_the_box_forgot_unread_is_told_once_and_then_passed_over() -> None:
    order = EventOrder()
    order.arrived("panic", 1, before=0)
    assert order.arrived("panic", 9, before=8) is Arrival.EARLY

    assert order.forgot(8)
    assert not order.forgot(8)

    assert order.arrived("panic", 9, before=8) is Arrival.NEW
    assert order.arrived("panic", 5, before=4) is Arrival.DECIDED


def test_what_the_box_forgot_after_it_was_read_is_no_loss() -> None:
    order = EventOrder()
    order.arrived("panic", 1, before=0)

    assert not order.forgot(1)
