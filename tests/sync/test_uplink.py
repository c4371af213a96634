"""Batches sized to the link, on simulated links: rate and distance are the parameters, the sender stays the same."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.plan import LanePlan, Window, resume
from sync.uplink import BATCH_LEAST_BYTES, BATCH_MOST_BYTES, IN_FLIGHT_LEAST, IN_FLIGHT_MOST, ROWS_MOST_BYTES, Uplink

WIDE = Window(in_flight_most=9, events_most=1_000, bytes_most=10_000_000)
LINKS = {  # bytes a second, round trip in seconds
    "2G": (2_500.0, 0.6),
    "EDGE": (12_000.0, 0.4),
    "3G": (40_000.0, 0.15),
    "4G": (600_000.0, 0.06),
    "LAN": (5_000_000.0, 0.002),
}


@dataclass
class Link:
    """A sender with a backlog without end on a wire of its own: what is handed over leaves in order, at its rate."""

    bytes_per_s: float
    trip_s: float
    now_s: float = 0.0
    free_s: float = 0.0
    progress_s: float = 0.0
    uplink: Uplink = field(default_factory=Uplink)
    plan: LanePlan = field(default_factory=lambda: resume(0))
    sizes: list[int] = field(default_factory=list)
    acks: list[tuple[float, int]] = field(default_factory=list)

    def send_all(self) -> None:
        window = self.uplink.window(WIDE, self.trip_s)
        while len(self.plan.under_way) < window.in_flight_most:
            wire_bytes = round(window.bytes_most * 0.2)  # what zstd makes of our rows
            self.uplink = self.uplink.left(window.bytes_most, wire_bytes)
            self.free_s = max(self.free_s, self.now_s) + wire_bytes / self.bytes_per_s
            seq = self.plan.handed + 1
            self.plan = self.plan.send(seq, self.now_s, wire_bytes)
            self.acks.append((self.free_s + self.trip_s, seq))
            self.sizes.append(wire_bytes)
            window = self.uplink.window(WIDE, self.trip_s)

    def take_ack(self) -> None:
        self.now_s, through = self.acks.pop(0)
        done = self.plan.under_way[0]
        idle = done.at_s >= self.progress_s
        elapsed_s = self.now_s - max(done.at_s, self.progress_s)
        self.uplink = self.uplink.proven(done.wire_bytes, elapsed_s, self.trip_s if idle else 0.0)
        self.plan, self.progress_s = self.plan.acknowledge(through), self.now_s

    def run(self, acknowledgements: int) -> Link:
        for _ in range(acknowledgements):
            self.send_all()
            self.take_ack()
        return self


@pytest.mark.parametrize("name", LINKS)
def test_a_batch_settles_at_about_one_second_of_the_link(name: str) -> None:
    rate, trip_s = LINKS[name]
    link = Link(rate, trip_s).run(60)
    aim = min(BATCH_MOST_BYTES, max(BATCH_LEAST_BYTES, rate))
    settled = sorted(link.sizes[-10:])[5]
    print(f"{name}: batches of {settled} bytes, {IN_FLIGHT_LEAST}–{IN_FLIGHT_MOST} under way, for {rate:.0f} bytes/s")
    assert 0.4 * aim <= settled <= 1.6 * aim


@pytest.mark.parametrize("name", LINKS)
def test_the_link_is_kept_busy(name: str) -> None:
    rate, trip_s = LINKS[name]
    link = Link(rate, trip_s).run(100)
    began_s, sent = link.now_s, sum(link.sizes)
    link.run(100)
    carried = (sum(link.sizes) - sent) / (link.now_s - began_s)
    assert carried >= 0.6 * rate


def test_a_new_connection_begins_with_what_gprs_bears() -> None:
    link = Link(*LINKS["2G"])
    link.send_all()
    assert sum(link.sizes) <= 4_096


def test_a_link_that_becomes_slow_is_believed_within_a_few_acknowledgements() -> None:
    link = Link(*LINKS["4G"]).run(40)
    link.bytes_per_s, link.trip_s = LINKS["2G"]
    link.run(12)
    assert link.uplink.batch_bytes < 6_000


def test_acknowledgements_that_come_in_one_packet_do_not_make_a_slow_link_fast() -> None:
    uplink = Uplink()
    for _ in range(20):
        uplink = uplink.proven(2_500, 2.0, 0.0).proven(2_500, 0.0001, 0.0)
    assert uplink.batch_bytes < 16_000


def test_what_cannot_be_packed_still_fits_its_envelope() -> None:
    uplink = Uplink(bytes_per_s=1e9, packed=0.02)
    assert uplink.window(WIDE, 0.001).bytes_most == ROWS_MOST_BYTES


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.floats(0, 100), st.floats(0, 100), st.integers(0, 10**6)), max_size=30
    ),
    st.none() | st.floats(0, 1_000),
)
def test_whatever_is_measured_the_window_stays_in_its_limits(
    seen: list[tuple[int, float, float, int]], trip_s: float | None
) -> None:
    uplink = Uplink()
    for wire_bytes, elapsed_s, distance_s, rows_bytes in seen:
        uplink = uplink.left(rows_bytes, wire_bytes).proven(wire_bytes, elapsed_s, distance_s)
        window = uplink.window(WIDE, trip_s)
        assert IN_FLIGHT_LEAST <= window.in_flight_most <= IN_FLIGHT_MOST
        assert BATCH_LEAST_BYTES <= uplink.batch_bytes <= BATCH_MOST_BYTES
        assert 0 < window.bytes_most <= ROWS_MOST_BYTES
