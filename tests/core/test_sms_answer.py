"""Only "OK", the right alert and the right code from a listed number answer an alert; anything else changes nothing."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alert import AlertAction, AlertState, Evidence
from kiosk.core.ids import TRACK_ALPHABET
from kiosk.core.sms_answer import Refusal, Refused, SmsAnswer, answer_code, read_answer, short_id
from tests.core.ladders import LADDER, an_alert

ALERT = an_alert()
PIKET, RT = "+6281210001000", "+6281210004000"
CODE = answer_code(ALERT, PIKET)
OTHER_CODE = CODE[:-1] + ("A" if CODE[-1] != "A" else "B")
GOOD = f"OK {short_id(ALERT)} {CODE}"


def test_a_listed_person_answers_by_name() -> None:
    found = read_answer(GOOD, PIKET, LADDER, [ALERT])

    assert isinstance(found, SmsAnswer)
    assert (found.alert.id, found.path) == (ALERT.id, "sms/piket-1")
    assert (found.proof.action, found.proof.level) == (AlertAction.ACKNOWLEDGE, Evidence.ACKNOWLEDGED)
    assert found.proof.officer == "Piket Polsek Cilandak"
    assert found.proof.raw == GOOD


@pytest.mark.parametrize(
    "text", ["ok {id} {code}", " Ok, {id} - {code}. ", "OK\n{id}\n{code}", "oK {low} {code}!", '"OK: {id}, {code}"']
)
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
        (f"OK {short_id(ALERT)} {OTHER_CODE}", PIKET, Refusal.WRONG_CODE),
        (f"OK ABCDEF {CODE}", PIKET, Refusal.NO_SUCH_ALERT),
        ("OK", PIKET, Refusal.NO_ANSWER),
        (f"OK {short_id(ALERT)}", PIKET, Refusal.NO_ANSWER),
        (f"OK {short_id(ALERT)} {CODE}9", PIKET, Refusal.NO_ANSWER),
        (f"OK {short_id(ALERT)} {CODE} segera", PIKET, Refusal.NO_ANSWER),
        (f"OK {short_id(ALERT)} ４MQ9TX", PIKET, Refusal.NO_ANSWER),
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


def test_wrong_codes_shut_nobody_out_who_has_the_right_one() -> None:
    for _ in range(50):
        assert read_answer(f"OK {short_id(ALERT)} {OTHER_CODE}", PIKET, LADDER, [ALERT]) == Refused(
            Refusal.WRONG_CODE, "piket-1"
        )
    assert isinstance(read_answer(GOOD, PIKET, LADDER, [ALERT]), SmsAnswer)


def test_two_alerts_that_share_six_digits_are_told_apart_by_the_code() -> None:
    twin = msgspec.structs.replace(ALERT, id=f"f{ALERT.id[1:]}", nonce="1" * 16)
    found = read_answer(f"OK {short_id(twin)} {answer_code(twin, PIKET)}", PIKET, LADDER, [ALERT, twin])
    assert isinstance(found, SmsAnswer)
    assert found.alert.id == twin.id


def test_every_number_gets_a_code_of_its_own_that_follows_from_the_nonce() -> None:
    assert answer_code(ALERT, PIKET) != answer_code(ALERT, RT)
    assert answer_code(msgspec.structs.replace(ALERT, nonce="f" * 16), PIKET) != CODE


def test_codes_use_every_letter_and_do_not_repeat() -> None:
    codes = [answer_code(msgspec.structs.replace(ALERT, nonce=f"{nonce:016x}"), PIKET) for nonce in range(3_000)]
    assert len(set(codes)) == len(codes)  # of 7.3e8; a repetition would have a chance of 0.6 %
    assert set("".join(codes)) == set(TRACK_ALPHABET)
    assert {len(code) for code in codes} == {6}


@given(st.text(max_size=200))
def test_no_text_answers_without_the_code(text: str) -> None:
    found = read_answer(text, PIKET, LADDER, [ALERT])
    assert isinstance(found, Refused) or CODE in text


@given(st.text(max_size=20))
def test_no_sender_but_the_listed_one_answers(sender: str) -> None:
    found = read_answer(GOOD, sender, LADDER, [ALERT])
    assert isinstance(found, Refused) or "81210001000" in sender
