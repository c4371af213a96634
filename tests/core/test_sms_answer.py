"""Only "OK", the right alert and the right code from a listed number answer an alert; anything else changes nothing."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alert import AlertAction, AlertState, Evidence
from kiosk.core.sms_answer import Refusal, Refused, SmsAnswer, answer_code, read_answer, short_id
from tests.core.ladders import LADDER, an_alert

ALERT = an_alert()
PIKET, RT = "+6281210001000", "+6281210004000"
CODE = answer_code(ALERT, "piket-1")
GOOD = f"OK {short_id(ALERT)} {CODE}"


def test_a_listed_person_answers_by_name() -> None:
    found = read_answer(GOOD, PIKET, LADDER, [ALERT])

    assert isinstance(found, SmsAnswer)
    assert (found.alert.id, found.path) == (ALERT.id, "sms/piket-1")
    assert (found.proof.action, found.proof.level) == (AlertAction.ACKNOWLEDGE, Evidence.ACKNOWLEDGED)
    assert found.proof.officer == "Piket Polsek Cilandak"
    assert found.proof.raw == GOOD


@pytest.mark.parametrize("text", ["ok {id} {code}", " Ok, {id} - {code}. ", "OK\n{id}\n{code}", "oK {low} {code}!"])
def test_people_may_write_it_as_people_write(text: str) -> None:
    written = text.format(id=short_id(ALERT), low=short_id(ALERT).lower(), code=CODE)
    assert isinstance(read_answer(written, "081210001000", LADDER, [ALERT]), SmsAnswer)


@pytest.mark.parametrize(
    ("text", "sender", "why"),
    [
        (GOOD, "+6281299999999", Refusal.STRANGER),
        (GOOD, "", Refusal.STRANGER),
        (GOOD, "TELKOMSEL", Refusal.STRANGER),
        (GOOD, RT, Refusal.MAY_NOT),
        (GOOD, "+6281210002000", Refusal.WRONG_CODE),  # another listed person's code
        (f"OK {short_id(ALERT)} {(int(CODE) + 1) % 10_000:04d}", PIKET, Refusal.WRONG_CODE),
        (f"OK ABCDEF {CODE}", PIKET, Refusal.NO_SUCH_ALERT),
        ("OK", PIKET, Refusal.NO_ANSWER),
        (f"OK {short_id(ALERT)}", PIKET, Refusal.NO_ANSWER),
        (f"OK {short_id(ALERT)} {CODE}9", PIKET, Refusal.NO_ANSWER),
        (f"TIDAK OK {short_id(ALERT)} {CODE}", PIKET, Refusal.NO_ANSWER),
        (GOOD + " " * 200, PIKET, Refusal.NO_ANSWER),
    ],
)
def test_anything_else_changes_nothing_and_says_why(text: str, sender: str, why: Refusal) -> None:
    found = read_answer(text, sender, LADDER, [ALERT])
    assert isinstance(found, Refused)
    assert found.why is why


def test_an_answer_to_an_earlier_alert_does_not_answer_a_new_one() -> None:
    newer = msgspec.structs.replace(ALERT, nonce="0" * 16)
    found = read_answer(GOOD, PIKET, LADDER, [newer])
    assert isinstance(found, Refused)
    assert found.why is Refusal.WRONG_CODE


def test_a_closed_alert_cannot_be_answered() -> None:
    closed = msgspec.structs.replace(ALERT, state=AlertState.CLOSED)
    found = read_answer(GOOD, PIKET, LADDER, [closed])
    assert isinstance(found, Refused)
    assert found.why is Refusal.NO_SUCH_ALERT


def test_five_wrong_codes_shut_the_door_for_that_number_and_alert_only() -> None:
    wrong = list[Refused]()
    for _ in range(5):
        found = read_answer(f"OK {short_id(ALERT)} {(int(CODE) + 1) % 10_000:04d}", PIKET, LADDER, [ALERT], wrong)
        assert isinstance(found, Refused)
        wrong.append(found)
    late = read_answer(GOOD, PIKET, LADDER, [ALERT], wrong)
    assert isinstance(late, Refused)
    assert late.why is Refusal.TOO_OFTEN
    other = f"OK {short_id(ALERT)} {answer_code(ALERT, 'piket-2')}"
    assert isinstance(read_answer(other, "+6281210002000", LADDER, [ALERT], wrong), SmsAnswer)


@given(st.text(max_size=200))
def test_no_text_answers_without_the_code(text: str) -> None:
    found = read_answer(text, PIKET, LADDER, [ALERT])
    assert isinstance(found, Refused) or CODE in text


@given(st.text(max_size=20))
def test_no_sender_but_the_listed_one_answers(sender: str) -> None:
    found = read_answer(GOOD, sender, LADDER, [ALERT])
    assert isinstance(found, Refused) or "81210001000" in sender
