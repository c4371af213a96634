"""Only the right code from the right listed number answers an alert; nothing else changes anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem.replies import Acknowledged, Ignored, judge, listed
from firmware_bridge.modem.texts import reply_code, short_id
from kiosk.core.alert import AlertState
from kiosk.core.errors import BadInput
from tests.bridge.modem.rig import OFFICER, SECOND, alert

OPEN = alert()
NUMBERS = listed({"0812-3456-789": "Aiptu Sari", SECOND: "Pak RT"})
ID, CODE = short_id(OPEN), reply_code(OPEN, OFFICER)


@pytest.mark.parametrize(
    "text",
    [
        f"OK {ID} {CODE}",
        f"ok {ID.lower()} {CODE.lower()}",
        f" Ok  {ID}-{CODE}. ",
        f'"OK {ID} {CODE}"\n',
        f"OK: {ID}, {CODE}!",
    ],
)
@pytest.mark.parametrize("sender", ["+628123456789", "628123456789", "08123456789"])
def test_the_right_code_from_a_listed_number_answers(sender: str, text: str) -> None:
    assert judge(sender, text, NUMBERS, [OPEN]) == Acknowledged(OPEN.id, "Aiptu Sari", OFFICER, text)


@pytest.mark.parametrize(
    ("sender", "text", "why"),
    [
        ("+628777777777", f"OK {ID} {CODE}", "number is not listed"),
        ("TELKOMSEL", f"OK {ID} {CODE}", "sender is no phone number"),
        (SECOND, f"OK {ID} {CODE}", "wrong code"),
        (OFFICER, f"OK {ID} {reply_code(OPEN, SECOND)}", "wrong code"),
        (OFFICER, f"OK {ID} {CODE}X", "not of the form OK id code"),
        (OFFICER, f"OK {ID}", "not of the form OK id code"),
        (OFFICER, f"OK {CODE} {ID}", "not of the form OK id code"),
        (OFFICER, f"TOLAK {ID} {CODE}", "not of the form OK id code"),
        (OFFICER, f"OK {ID} {CODE} segera", "not of the form OK id code"),
        (OFFICER, "OK" + " " * 60 + f"{ID} {CODE}", "not of the form OK id code"),
        (OFFICER, f"OK ZZZZ {CODE}", "no open alert of that id"),
        (OFFICER, "", "not of the form OK id code"),
        (OFFICER, f"OK {ID} ４MQ9TX", "not of the form OK id code"),
    ],
)
def test_anything_else_changes_nothing_and_says_why(sender: str, text: str, why: str) -> None:
    verdict = judge(sender, text, NUMBERS, [OPEN])

    assert isinstance(verdict, Ignored)
    assert verdict.why == why
    assert sender not in verdict.number_masked


def test_the_answer_to_a_closed_alert_changes_nothing() -> None:
    closed = alert(state=AlertState.CLOSED)

    assert judge(OFFICER, f"OK {ID} {CODE}", NUMBERS, [closed]) == Ignored("no open alert of that id", "+6281…89")


def test_of_two_alerts_the_named_one_is_answered() -> None:
    other = alert(2)

    verdict = judge(OFFICER, f"OK {short_id(other)} {reply_code(other, OFFICER)}", NUMBERS, [OPEN, other])

    assert isinstance(verdict, Acknowledged)
    assert verdict.alert_id == other.id


def test_two_alerts_that_share_four_letters_are_told_apart_by_the_code() -> None:
    seen: dict[str, int] = {}
    pair = next(
        (seen[short_id(alert(number))], number)
        for number in range(100_000)
        if seen.setdefault(short_id(alert(number)), number) != number
    )
    first, second = alert(pair[0]), alert(pair[1])

    verdict = judge(OFFICER, f"OK {short_id(second)} {reply_code(second, OFFICER)}", NUMBERS, [first, second])

    assert isinstance(verdict, Acknowledged)
    assert verdict.alert_id == second.id


@given(sender=st.one_of(st.sampled_from([OFFICER, SECOND]), st.text(max_size=20)), text=st.text(max_size=200))
def test_no_text_that_was_not_sent_by_us_answers(sender: str, text: str) -> None:
    assert isinstance(judge(sender, text, NUMBERS, [OPEN]), Ignored)


def test_a_list_with_a_bad_number_is_refused() -> None:
    with pytest.raises(BadInput):
        listed({"110": "Polisi"})
