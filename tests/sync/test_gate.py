"""A nation reconnects at one moment: each kiosk comes in, the central at its own pace."""

from __future__ import annotations

import random

from sync.central.ingest.gate import LONGEST_S, HelloGate


def test_hellos_within_the_rate_all_come_in() -> None:
    gate = HelloGate(per_s=10)
    assert [gate.ask(at / 10, 0.5) for at in range(1_000)] == [0.0] * 1_000


def test_a_nation_at_once_is_let_in_at_the_rate_and_nobody_is_forgotten() -> None:
    gate, chance = HelloGate(per_s=100), random.Random(20251122)
    due = [(chance.random(), kiosk) for kiosk in range(5_000)]
    let_in: dict[int, float] = {}
    asked = 0
    while due:
        due.sort(reverse=True)
        now_s, kiosk = due.pop()
        asked += 1
        wait_s = gate.ask(now_s, chance.random())
        if wait_s:
            due.append((now_s + wait_s * (1 + chance.random() / 2), kiosk))
        else:
            let_in[kiosk] = now_s
    in_each_second = [
        sum(int(at_s) == second for at_s in let_in.values()) for second in range(int(max(let_in.values())))
    ]
    print(f"5,000 kiosks at 100/s: all in after {max(let_in.values()):.0f} s with {asked} hellos")
    assert len(let_in) == 5_000
    assert max(in_each_second) <= 300  # what was free at the start, once
    assert max(let_in.values()) < 150
    assert asked < 4 * 5_000


def test_nobody_is_sent_away_for_longer_than_some_minutes() -> None:
    gate = HelloGate(per_s=1)
    assert max(gate.ask(0.0, 0.9) for _ in range(10_000)) == LONGEST_S
