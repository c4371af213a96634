"""What is written again and what need not be."""

from __future__ import annotations

import pytest

from sync.central.boot_time import BootClock
from sync.central.store.devices import CONTACT_EVERY_MS
from sync.central.store.lately import CLOCK_EVERY_MS, Lately

BOOT = ("k1", "boot-1")
HELD = BootClock(1_000_000, 5_000)


def test_a_sign_of_life_is_written_every_few_seconds() -> None:
    lately = Lately()
    assert not lately.is_seen("k1", 10_000)
    lately.committed({"k1": 10_000}, {})
    assert lately.is_seen("k1", 10_000)
    assert lately.is_seen("k1", 10_000 + CONTACT_EVERY_MS - 1)
    assert not lately.is_seen("k1", 10_000 + CONTACT_EVERY_MS)
    assert not lately.is_seen("k1", 9_999), "the central's clock was set back"
    assert not lately.is_seen("k2", 10_000)


@pytest.mark.parametrize(
    ("heard", "is_news"),
    [
        (BootClock(1_000_999, 6_000), False),
        (BootClock(1_001_000, 6_000), True),
        (BootClock(1_000_000, 5_000 + CLOCK_EVERY_MS), True),
        (BootClock(1_000_000, 4_999), True),
    ],
)
def test_a_clock_is_written_when_it_moved_and_once_a_minute(heard: BootClock, is_news: bool) -> None:
    lately = Lately()
    assert lately.news({BOOT: heard}) == {BOOT: heard}
    lately.committed({}, {BOOT: HELD})
    assert bool(lately.news({BOOT: heard})) is is_news
    assert lately.news({("k1", "boot-2"): heard})
