"""When a hello is said, said again, and given up; time is passed in."""

from __future__ import annotations

from sync.agent.greeting import MISSING_FOR_S, RARELY_S, Greeting

AGAIN_S = 3.0


def said(now_s: float = 0.0) -> tuple[Greeting, str]:
    greeting = Greeting()
    greeting.begin(now_s)
    nonce = greeting.say(now_s)
    greeting.handed(1)
    return greeting, nonce


def test_one_that_the_broker_does_not_carry_is_not_repeated_but_gives_the_line_up() -> None:
    greeting, _ = said()
    assert not greeting.may_repeat(9.0, AGAIN_S, is_urgent=True)
    assert not greeting.is_lost(9.9, is_urgent=False)
    assert greeting.is_lost(10.1, is_urgent=False)


def test_one_that_is_carried_and_not_answered_keeps_the_line_and_is_said_ever_more_rarely() -> None:
    greeting, nonce = said()
    now_s, pauses = 0.0, []
    for message in range(1, 6):
        greeting.carried(message)
        while not greeting.may_repeat(now_s, AGAIN_S, is_urgent=False):
            now_s += 0.5
            assert not greeting.is_lost(min(now_s, MISSING_FOR_S), is_urgent=False)
        pauses.append(now_s - greeting.said_s)
        assert greeting.say(now_s) == nonce
        greeting.handed(message + 1)
    assert pauses == [3.5, 6.5, 12.5, 24.5, RARELY_S + 0.5]
    assert greeting.is_lost(MISSING_FOR_S + 1, is_urgent=False)


def test_an_alarm_that_waits_asks_every_few_seconds_and_tries_another_line_soon() -> None:
    greeting, _ = said()
    for message in range(1, 10):
        greeting.carried(message)
        at_s = message * 3.1
        assert greeting.may_repeat(at_s, AGAIN_S, is_urgent=True)
        greeting.say(at_s)
        greeting.handed(message + 1)
    greeting.carried(10)
    assert not greeting.is_lost(9.9, is_urgent=True)
    assert greeting.is_lost(10.1, is_urgent=True)
    assert not greeting.is_lost(30.0, is_urgent=False)


def test_the_word_of_a_returning_central_ends_the_waiting() -> None:
    greeting, _ = said()
    greeting.carried(1)
    greeting.hint(1.0, within_s=0.5)
    assert not greeting.may_repeat(1.4, AGAIN_S, is_urgent=False)
    assert greeting.may_repeat(1.5, AGAIN_S, is_urgent=False)
    greeting.say(1.5)
    greeting.handed(2)
    greeting.carried(2)
    assert not greeting.may_repeat(2.0, AGAIN_S, is_urgent=False)


def test_only_the_first_answer_to_its_own_nonce_counts_and_a_later_hello_has_another() -> None:
    greeting, nonce = said()
    assert not greeting.is_answer("")
    assert not greeting.is_answer("0" * 16)
    assert greeting.is_answer(nonce)
    assert not greeting.is_answer(nonce)
    assert greeting.say(50.0) != nonce
    assert greeting.first_said_s == 50.0
