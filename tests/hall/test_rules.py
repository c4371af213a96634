"""The pure half: who may draw which number, when somebody arrived, where he goes, and who speaks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.business_day import HeldDay
from kiosk.core.clock import Moment
from kiosk.core.errors import NotAllowed
from kiosk.core.hall import seal
from kiosk.core.hall.arrival import Bridge, age_ms, bridged
from kiosk.core.hall.day import ToldDay, satellite_day
from kiosk.core.hall.leasing import Range, grant
from kiosk.core.hall.link import LINK_STEPS, Link, LinkEvent, LinkState, hub_words, satellite_words
from kiosk.core.hall.placing import Place, Placed, place
from kiosk.core.hall.series import MARKS, free_series, is_series_of, next_mark, own_series

KEY = bytes(range(32))
TODAY = date(2026, 11, 23)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 60), st.sampled_from(["heard", "lost", "twice"])), max_size=40
    ),
    st.integers(5, 40),
    st.integers(5, 100),
)
def test_no_number_is_leased_twice_whatever_is_lost_or_doubled(
    steps: list[tuple[int, int, str]], spare: int, size: int
) -> None:
    recorded: dict[int, list[Range]] = defaultdict(list)  # at the hub
    knows: dict[int, set[Range]] = defaultdict(set)  # at each satellite
    free: dict[int, int] = defaultdict(int)
    for who, draws, fate in steps:
        free[who] = max(0, free[who] - draws)
        for _ in range(2 if fate == "twice" else 1):
            highest = max((one.last for each in recorded.values() for one in each), default=0)
            through = max((one.last for one in knows[who]), default=0)
            owed = grant(through, free[who], recorded[who], highest, spare, size)
            assert not owed.void
            assert owed.adopted is None
            recorded[who] += owed.fresh
        if fate != "lost":
            new = set(owed.given) - knows[who]
            knows[who] |= new
            free[who] += sum(one.size for one in new)
            assert free[who] >= spare
            assert knows[who] == set(recorded[who])
    numbers = [number for each in recorded.values() for one in each for number in range(one.first, one.last + 1)]
    assert len(numbers) == len(set(numbers))


def test_a_lost_answer_brings_the_same_block_again() -> None:
    first = grant(0, 0, (), 0, 40, 20)
    assert first.given == first.fresh == (Range(1, 20), Range(21, 40))
    again = grant(0, 0, first.fresh, 40, 40, 20)
    assert (again.given, again.fresh) == (first.given, ())


def test_a_restored_hub_learns_from_a_satellite_how_far_numbers_were_given() -> None:
    owed = grant(60, 5, (), 20, 40, 20)
    assert owed.adopted == Range(21, 60)
    assert owed.fresh == (Range(61, 80), Range(81, 100))


def test_a_satellite_whose_block_was_given_to_another_draws_it_no_further() -> None:
    owed = grant(40, 12, (), 60, 40, 20)
    assert owed.void
    assert owed.given == (Range(61, 80), Range(81, 100))


def moment(mono_ms: int, wall_ms: int = 0, boot: str = "satellite") -> Moment:
    return Moment(wall_ms, False, boot, mono_ms)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 400), st.integers(0, 400), st.integers(0, 10**6))
def test_the_bridge_is_wrong_by_no_more_than_it_says(
    satellite_ms: int, hub_ms: int, there_ms: int, back_ms: int, age: int
) -> None:
    hub = moment(hub_ms + there_ms, boot="hub")
    found = bridged(None, moment(satellite_ms), hub, moment(satellite_ms + there_ms + back_ms))
    assert found is not None
    assert abs(found.offset_ms - (hub_ms - satellite_ms)) <= found.error_ms
    later = moment(hub_ms + there_ms + back_ms + age, boot="hub")
    told = moment(satellite_ms + there_ms + back_ms + age)
    assert abs(age_ms(moment(satellite_ms), told, later, found) - (there_ms + back_ms + age)) <= found.error_ms


def test_the_quickest_conversation_is_kept_until_it_is_old_or_one_of_them_restarts() -> None:
    quick = Bridge("hub", "satellite", 100, 2, at_mono_ms=1_000)
    slow = bridged(quick, moment(2_000), moment(2_300, boot="hub"), moment(2_080))
    assert slow is quick
    much_later = bridged(quick, moment(900_000), moment(900_300, boot="hub"), moment(900_080))
    assert much_later is not None
    assert much_later.error_ms == 40
    restarted = bridged(quick, moment(2_000), moment(50, boot="hub-2"), moment(2_080))
    assert restarted is not None
    assert restarted.hub_boot == "hub-2"
    assert bridged(quick, moment(2_000), moment(1, boot="hub"), moment(10, boot="satellite-2")) is quick


def test_before_a_bridge_and_after_a_restart_the_satellites_own_clock_tells_the_age() -> None:
    hub = moment(5_000, wall_ms=10**12, boot="hub")
    assert age_ms(moment(1_000), moment(61_000), hub, None) == 60_000
    stale = Bridge("hub-before", "satellite", 0, 1)
    assert age_ms(moment(1_000), moment(61_000), hub, stale) == 60_000
    before = Moment(wall_ms=1_000_000, synchronised=False, boot="satellite-1", mono_ms=9)
    now = Moment(wall_ms=1_300_000, synchronised=False, boot="satellite-2", mono_ms=4)
    assert age_ms(before, now, hub, None) == 300_000
    assert age_ms(now, before, hub, None) == 0  # a clock that went back makes nobody arrive in the future


@pytest.mark.parametrize(
    ("drawn_on", "arrived", "is_open", "carries", "expected"),
    [
        ("2026-11-23", TODAY, True, False, Placed(Place.QUEUE, "2026-11-23")),
        ("2026-11-22", TODAY, True, False, Placed(Place.QUEUE, "2026-11-23")),  # the satellite's calendar was wrong
        ("2026-12-25", date(2026, 11, 22), True, False, Placed(Place.LATE, "2026-11-23")),
        ("2026-11-22", date(2026, 11, 22), True, False, Placed(Place.LATE, "2026-11-22")),
        ("2026-11-22", date(2026, 11, 22), True, True, Placed(Place.CARRIED, "2026-11-23")),
        ("2026-11-23", TODAY, False, False, Placed(Place.LATE, "2026-11-23")),
        ("2026-11-23", TODAY, False, True, Placed(Place.CARRIED, "2026-11-23")),
    ],
)
def test_a_ticket_goes_where_its_person_belongs(
    drawn_on: str, arrived: date, is_open: bool, carries: bool, expected: Placed
) -> None:
    assert place(drawn_on, arrived, "2026-11-23", is_open, carries) == expected


def test_a_satellite_draws_for_the_hubs_day_and_cut_off_for_its_own() -> None:
    held, now = HeldDay("2026-11-22"), moment(9 * 3600 * 1000)
    assert satellite_day(held, ToldDay("2026-11-22"), TODAY, now) == "2026-11-22"  # the hub's date counts
    assert satellite_day(held, ToldDay(None), TODAY, now) is None
    assert satellite_day(held, None, TODAY, now) == "2026-11-23"
    assert satellite_day(None, ToldDay("2026-11-23"), TODAY, now) == "2026-11-23"
    assert satellite_day(HeldDay("2026-12-25"), ToldDay("2026-11-23"), TODAY, now) == "2026-12-25"


def test_a_satellites_own_series_is_nobody_elses() -> None:
    assert own_series("A", "X") == "AX"
    assert is_series_of("AX", "A", "X")
    assert not is_series_of("AY", "A", "X")
    assert not is_series_of("B", "A", "X")
    assert free_series("A", "X", {"B"}.__contains__) == "A"
    assert free_series("A", "X", {"A"}.__contains__) == "AXX"
    assert free_series("A", "X", {"A", "AXX"}.__contains__) == "AXXX"
    marks = list[str]()
    while (mark := next_mark(marks)) is not None:
        marks.append(mark)
    assert "".join(marks) == MARKS


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("event", LinkEvent)
def test_every_event_on_the_line_has_its_row(state: LinkState, event: LinkEvent) -> None:
    after = Link(state, 1_000).after(event, 9_000, 500)
    assert after.state is LINK_STEPS[state, event]
    assert after.since_ms == (1_000 if after.state is state else 9_000)


def test_a_silence_is_a_cut_that_began_when_something_was_heard_last() -> None:
    link = Link(LinkState.NEW, 0).after(LinkEvent.HEARD, 10_000, 1_000)
    assert link.looked_at(15_000, 6_000) is link
    cut = link.looked_at(40_000, 31_000)
    assert (cut.state, cut.since_ms) == (LinkState.CUT, 10_000)
    assert hub_words("k2", link, "09.00", 34, 0) == "Satelit k2: terhubung, sisa nomor 34"
    assert hub_words("k2", cut, "10.12", 34, 0).startswith("Satelit k2: terputus sejak 10.12")
    assert satellite_words("k1", cut, "10.12", 34, 3) == (
        "Induk k1: terputus sejak 10.12, sisa nomor 34, 3 nomor belum digabung"
    )


def test_a_question_is_its_askers_and_nobody_can_change_it() -> None:
    said = seal.sign_question(KEY, "31.74.05.1001-k2", "challenge-1", seal.new_nonce(), b"{}")
    heard = seal.credentials(said.header())
    assert heard == said
    assert seal.is_question_true(KEY, heard, b"{}")
    assert not seal.is_question_true(KEY, heard, b"{ }")
    assert not seal.is_question_true(bytes(32), heard, b"{}")
    other = seal.Credentials("31.74.05.1001-k3", said.challenge, said.nonce, said.mac)
    assert not seal.is_question_true(KEY, other, b"{}")


def test_an_answer_belongs_to_one_question() -> None:
    mac = seal.sign_answer(KEY, "nonce-1", "next", 200, b"{}")
    assert seal.is_answer_true(KEY, mac, "nonce-1", "next", 200, b"{}")
    for changed in (("nonce-2", "next", 200, b"{}"), ("nonce-1", "x", 200, b"{}"), ("nonce-1", "next", 401, b"{}")):
        assert not seal.is_answer_true(KEY, mac, *changed)


@pytest.mark.parametrize("header", ["", "Basic abc", 'Kentongan-Hall device="a"', "Kentongan-Hall " + "x" * 5_000])
def test_a_header_that_is_none_of_ours_is_refused(header: str) -> None:
    with pytest.raises(NotAllowed):
        seal.credentials(header)


def test_a_key_is_never_shown_by_accident() -> None:
    held = seal.Membership("31.74.05.1001-k1", "31.74.05.1001-k2", "X", KEY.hex())
    assert KEY.hex() not in f"{held} {held!r}"
