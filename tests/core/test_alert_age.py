"""An alert is as old as monotonic time can prove: never older than it is, whatever was rebooted in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alert_age import Seen, age_ms
from tests.core.ladders import an_alert, at

RAISED_MS = 10_000


def test_in_one_boot_it_is_the_time_since_the_press() -> None:
    assert age_ms(an_alert(), [], at(RAISED_MS + 7_000)) == 7_000


def test_after_a_reboot_it_is_at_least_as_old_as_the_boot() -> None:
    assert age_ms(an_alert(), [], at(20_000, "boot-2")) == 20_000


def test_what_was_seen_of_earlier_boots_counts_too() -> None:
    seen = [Seen("boot-1", RAISED_MS + 5_000), Seen("boot-1", RAISED_MS + 30_000), Seen("boot-2", 12_000)]
    for order in (seen, seen[::-1]):
        assert age_ms(an_alert(), order, at(4_000, "boot-3")) == 30_000 + 12_000 + 4_000


def test_the_wall_clock_proves_nothing() -> None:
    assert age_ms(an_alert(), [], at(RAISED_MS, wall_ms=4_102_444_800_000)) == 0


def test_a_boot_whose_name_cannot_be_read_is_not_taken_for_the_one_before_it() -> None:
    assert age_ms(an_alert(), [Seen("boot-1", RAISED_MS + 8_000)], at(500)) == 8_500


boots = st.lists(
    st.tuples(st.integers(0, 100_000), st.lists(st.integers(0, 100), max_size=4), st.integers(0, 10**6)), max_size=6
)


@given(boots)
def test_it_never_exceeds_the_truth_and_never_falls_within_a_boot(lives: list[tuple[int, list[int], int]]) -> None:
    true_ms, before_ms, seen = 0, 0, list[Seen]()
    for number, (lasts_ms, looks, off_ms) in enumerate(lives, start=1):
        base_ms = RAISED_MS if number == 1 else 0
        for look in [0, *sorted(looks), 100]:
            mono_ms = base_ms + lasts_ms * look // 100
            found = age_ms(an_alert(), seen, at(mono_ms, f"boot-{number}"))
            assert before_ms <= found <= true_ms + mono_ms - base_ms
            before_ms = found
            seen.append(Seen(f"boot-{number}", mono_ms))
        true_ms += lasts_ms + off_ms
