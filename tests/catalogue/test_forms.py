"""Answers to questions: what is kept, what is told in words, and that nothing unusual is refused."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.forms import Option, Question, When, asked, checked, plain
from kiosk.catalogue.loader import load_catalogue, load_questions
from kiosk.catalogue.wording import Words
from kiosk.core.errors import BadToml

TODAY = date(2026, 11, 23)
WORDS = Words("a", "b")


def question(kind: str, **more: object) -> Question:
    return Question("q", kind, WORDS, WORDS, **more)  # type: ignore[arg-type]  # kinds are parameters here


@pytest.mark.parametrize(
    ("kind", "typed", "value", "fault"),
    [
        ("nik", "3174 0517 0858 0001", "3174051708580001", ""),
        ("nik", "317405170858000", "317405170858000", "fault_nik_length"),
        ("nik", "", "", "fault_nik_empty"),
        ("phone", "+62 812-3456-7890", "081234567890", ""),
        ("phone", "0812", "0812", "fault_phone"),
        ("name", "  Suharto ", "Suharto", ""),
        ("name", "O'Neil ḍáeng 🙂", "O'Neil ḍáeng 🙂", ""),
        ("date", "1958-08-17", "1958-08-17", ""),
        ("date", "1958-02-31", "", "fault_date_none"),
        ("date", "17/8/58", "", "fault_date_empty"),
        ("text", "x" * 300, "x" * 240, "fault_too_long"),
    ],
)
def test_an_answer_is_kept_or_told_what_to_do(kind: str, typed: str, value: str, fault: str) -> None:
    found = checked(question(kind), typed, TODAY)
    assert (found.value, found.fault) == (value, fault)


def test_a_nik_with_an_impossible_date_is_warned_about_and_kept() -> None:
    found = checked(question("nik"), "3174053102580001", TODAY)
    assert (found.value, found.fault, found.warning) == ("3174053102580001", "", "warning_nik")


def test_a_date_that_has_not_been_is_refused_only_where_it_matters() -> None:
    assert checked(question("date", until_today=True), "2026-11-24", TODAY).fault == "fault_date_future"
    assert checked(question("date"), "2026-11-24", TODAY).fault == ""


def test_what_is_optional_may_be_left_empty() -> None:
    assert checked(question("phone", optional=True), " ", TODAY).fault == ""


def test_only_an_offered_choice_is_taken() -> None:
    choice = question("choice", options=(Option("ya", WORDS),))
    assert checked(choice, "ya", TODAY).value == "ya"
    assert checked(choice, "../etc", TODAY).fault == "fault_choice_empty"


def test_a_question_is_asked_only_after_the_answer_it_follows() -> None:
    named = question("name", when=When("siapa", "terbuka"))
    assert asked((named,), {"siapa": "rahasia"}) == ()
    assert asked((named,), {"siapa": "terbuka"}) == (named,)


@given(st.text(max_size=200))
def test_no_control_sign_and_no_hidden_writing_survives(typed: str) -> None:
    text = plain(typed)
    assert not any(unicodedata.category(one) == "Cc" or one in "\u202e\u200b\ufeff" for one in text)
    assert text == plain(text)


def test_every_kelurahan_letter_can_be_requested_and_begins_with_the_nik() -> None:
    catalogue = load_catalogue("kelurahan")
    for service in catalogue.services:
        form = catalogue.form(service)
        assert [one.id for one in form[:2]] == ["nik", "nama"], service.id


def test_packaged_questions_have_every_word_and_options_only_for_choices() -> None:
    for one in load_questions():
        assert (one.kind == "choice") == bool(one.options)
        assert len(one.ask.id) <= 60


def test_a_form_that_names_no_question_is_refused_with_its_line(tmp_path: Path) -> None:
    packaged = Path(__file__).parents[2] / "kiosk" / "catalogue" / "kelurahan.toml"
    text = packaged.read_text().replace('form = ["nik", "nama", "nama-usaha"', 'form = ["nik", "nama", "nama-uzaha"', 1)
    path = tmp_path / "layanan.toml"
    path.write_text(text)
    with pytest.raises(BadToml, match=r"pertanyaan nama-uzaha tidak ada; mungkin maksud Anda 'nama-usaha'") as caught:
        load_catalogue(path)
    assert caught.value.line == text[: text.index("nama-uzaha")].count("\n") + 1
