"""A ladder is read strictly and refused in words; what cannot be used never takes the siren's place."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.clock import Moment
from kiosk.core.document import Document, DocumentHead, digest_of
from kiosk.core.errors import BadToml
from kiosk.core.ladder import DEFAULT_LADDER, Act, international
from kiosk.core.ladder_document import ladder_faults, ladder_in_force, read_ladder
from tests.core.ladders import EXAMPLE, LADDER


def document(text: str, version: int) -> Document:
    body = text.encode()
    head = DocumentHead("ladder", version, digest_of(body), len(body), 0)
    return Document(head, Moment(0, False, "boot-1", 0), body)


def test_a_sites_ladder_is_read_as_it_is_written() -> None:
    assert [rung.after_s for rung in LADDER.rungs] == [0, 5, 30, 60, 100]
    assert [contact.id for contact in LADDER.with_role("duty")] == ["piket-1", "piket-2"]
    assert LADDER.rungs[1].unless == "received"
    assert LADDER.tests.daily_at == datetime.time(9, 30)


def test_the_default_is_a_good_ladder_that_needs_nobodys_number() -> None:
    assert list(ladder_faults(DEFAULT_LADDER)) == []
    assert DEFAULT_LADDER.contacts == ()
    assert [rung.after_s for rung in DEFAULT_LADDER.rungs if Act.OFFER_110 in rung.do] == [60]


@pytest.mark.parametrize(
    ("old", "new", "place", "key", "why"),
    [
        ('id = "piket-2"', 'id = "piket-1"', "", "contacts.1.id", "sudah dipakai"),
        ('"0812-1000-2000"', '"110"', "", "contacts.1.number", "bukan nomor telepon"),
        ('"0812-1000-2000"', '"+62 812 1000 1000"', "", "contacts.1.number", "cukup sekali"),
        ('name = "Bripka Andi"', 'name = ""', "", "contacts.2.name", "teks"),
        ("acknowledges = true", 'acknowledges = "ya"', "", "contacts.0.acknowledges", "true atau false"),
        ("after_s = 30", "after_s = 5", "", "rungs.2.after_s", "tidak sesudah"),
        ("after_s = 100", "after_s = 101", "", "rungs.4.after_s", "<= 100"),
        ("after_s = 0", "after_s = 1", "[[rungs]]", "rungs.0", "seketika"),
        ('"mqtt", "siren"', '"siren"', "[[rungs]]", "rungs.0", "mqtt"),
        ('"unanswered"', '"dc09"', "", "rungs.4.do.0", "sudah ada di atas"),
        ('"siren", "beat"', '"siren", "unanswered"', 'do = ["unanswered"]', "rungs.4.do.0", "sudah ada"),
        ('sms = ["head"]', 'sms = ["camat"]', "", "rungs.3.sms.0", "tidak ada kontak dengan peran camat"),
        ('sms = ["head"]', 'sms = ["duty"]', "", "rungs.3.sms.0", "cukup sekali"),
        ('unless = "received"', 'unless = "carried"', "", "rungs.1.unless", "received"),
        ('"dc09"', '"fax"', "", "rungs.1.do.0", "salah satu dari"),
        ("daily_at = 09:30:00", 'daily_at = "pagi"', "", "tests.daily_at", "jam"),
        ("version = 3", "owner = 1\nversion = 3", "", "owner", "kunci tidak dikenal"),
    ],
)
def test_a_wrong_ladder_is_refused_with_key_line_and_reason(old: str, new: str, place: str, key: str, why: str) -> None:
    with pytest.raises(BadToml) as refused:
        read_ladder(EXAMPLE.replace(old, new, 1).encode())

    line = EXAMPLE[: EXAMPLE.index(place or old)].count("\n") + 1
    assert (refused.value.key, refused.value.line) == (key, line)
    assert why in str(refused.value)


def test_a_rung_that_does_nothing_and_bad_syntax_are_refused() -> None:
    with pytest.raises(BadToml, match="tidak melakukan apa pun"):
        read_ladder(EXAMPLE.replace('sms = ["second-officer", "neighbourhood"]', "").encode())
    with pytest.raises(BadToml, match="penulisan TOML salah"):
        read_ladder(EXAMPLE.replace("version = 3", "version = ").encode())


def test_a_last_rung_that_does_not_say_unanswered_is_refused() -> None:
    text = EXAMPLE.replace('do = ["unanswered"]', 'do = ["offer-110"]').replace('do = ["offer-110"]\nsms', "sms", 1)
    with pytest.raises(BadToml, match="paling lama 100 detik"):
        read_ladder(text.encode())


def test_unanswered_before_the_last_rung_is_refused() -> None:
    text = EXAMPLE.replace('do = ["unanswered"]', 'do = ["offer-110"]').replace('"offer-110"', '"unanswered"', 1)
    with pytest.raises(BadToml, match=r"rungs\.4"):
        read_ladder(text.encode())


@pytest.mark.parametrize(
    ("body", "why"), [(b"\xff\xfe", "UTF-8"), (b"# " + b"x" * 65_536, "bita"), (b"", "wajib"), (b"\x00", "TOML")]
)
def test_bytes_that_are_no_ladder_are_refused_in_words(body: bytes, why: str) -> None:
    with pytest.raises(BadToml, match=why):
        read_ladder(body)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with pytest.raises(BadToml):
        read_ladder(body)


def test_a_bad_document_leaves_the_one_before_it_in_force_and_says_why() -> None:
    bad = document(EXAMPLE.replace('"mqtt", ', ""), 4)

    found = ladder_in_force([bad, document(EXAMPLE, 3)])

    assert (found.value, found.source) == (LADDER, "dokumen versi 3")
    assert "ladder versi 4" in found.faults[0]


def test_without_any_good_document_the_default_is_climbed() -> None:
    assert ladder_in_force([None, None]).value is DEFAULT_LADDER
    found = ladder_in_force([document("x", 2), document("", 1)])
    assert (found.value, found.source, len(found.faults)) == (DEFAULT_LADDER, "bawaan", 2)


@pytest.mark.parametrize(
    "written", ["+6281210002000", "081210002000", "6281210002000", "0812 1000-2000", "+62(812)10002000"]
)
def test_a_contact_is_known_however_the_number_is_written(written: str) -> None:
    found = LADDER.contact_of(written)

    assert found is not None
    assert found.id == "piket-2"


@pytest.mark.parametrize("number", ["", "110", "0", "+", "081210009999", "00", "TELKOMSEL", "+62812x", "+0812100020"])
def test_a_stranger_is_nobody(number: str) -> None:
    assert LADDER.contact_of(number) is None


@given(st.text(max_size=30))
def test_a_number_is_international_or_none_at_all(text: str) -> None:
    found = international(text)
    assert found == "" or (found[0] == "+" and found[1:].isdecimal() and international(found) == found)
