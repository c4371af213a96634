"""Strict TOML: whatever is wrong is told with file, key and line."""

from __future__ import annotations

import datetime
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from kiosk.core import toml
from kiosk.core.errors import BadToml
from kiosk.core.toml import KeyPath, line_of, load, loads


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    amount_idr: Annotated[int, Meta(ge=0)]
    note: str = ""

    def __post_init__(self) -> None:
        if self.amount_idr == 7:
            raise ValueError("tujuh tidak boleh")


class Printer(Struct, frozen=True, forbid_unknown_fields=True):
    speed: Literal["slow", "fast"] = "slow"
    since: datetime.date | None = None
    columns: Annotated[tuple[int, ...], Meta(max_length=2)] = ()
    size: tuple[int, str] = (1, "mm")


class Office(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    fees: tuple[Fee, ...] = ()
    printer: Printer = Printer()
    voices: dict[Annotated[str, Meta(max_length=5)], Fee] = {}


def complaint(text: str) -> BadToml:
    with pytest.raises(BadToml) as caught:
        loads(text, "kantor.toml", Office)
    assert str(caught.value).startswith("berkas kantor.toml")
    return caught.value


def test_a_good_text_becomes_a_frozen_value() -> None:
    office = loads(
        'name = "Cilandak"\n[[fees]]\namount_idr = 5\n[printer]\nsince = 2026-01-31\n', "kantor.toml", Office
    )

    assert office == Office("Cilandak", (Fee(5),), Printer(since=datetime.date(2026, 1, 31)))


@pytest.mark.parametrize(
    ("text", "key", "line", "words"),
    [
        ("nme = 1\n", "nme", 1, "mungkin maksud Anda 'name'?"),
        ('name = "a"\nqqqqqq = 1\n', "qqqqqq", 2, "yang ada: name, fees, printer, voices"),
        ("\n\n", "name", 1, "wajib"),
        ('name = "a"\n\n[[fees]]\namount_idr = 1\n[[fees]]\nnote = "x"\n', "fees.1.amount_idr", 5, "wajib"),
        ('name = "a"\n[[fees]]\namount_idr = 1\n[[fees]]\namuont_idr = 2\n', "fees.1.amuont_idr", 5, "'amount_idr'"),
        ('name = "a"\n[[fees]]\n# 7\namount_idr = "7"\n', "fees.0.amount_idr", 4, "bilangan bulat, tetapi isinya teks"),
        ('name = "a"\n[[fees]]\namount_idr = -1\n', "fees.0.amount_idr", 3, "bilangan bulat >= 0"),
        ('name = "a"\n[[fees]]\namount_idr = 7\n', "fees.0", 2, "tujuh tidak boleh"),
        ('name = "a"\n[[fees]]\namount_idr = true\n', "fees.0.amount_idr", 3, "isinya true atau false"),
        ("name = true\n", "name", 1, "harus teks, tetapi isinya true atau false"),
        ('name = "a"\nfees = [\n  {amount_idr = 1},\n  {amount_idr = 1, x = 2},\n]\n', "fees.1.x", 4, "tidak dikenal"),
        ('name = "a"\nprinter.speed = "quick"\n', "printer.speed", 2, "harus salah satu dari: fast, slow"),
        ('name = "a"\nprinter.since = "kemarin"\n', "printer.since", 2, "tanggal"),
        ('name = "a"\nprinter = {columns = [1,\n2,\n3]}\n', "printer.columns", 2, "daftar dengan panjang <= 2"),
        ('name = "a"\nprinter = {columns = [1,\n"2"]}\n', "printer.columns.1", 3, "bilangan bulat"),
        ('name = "a"\n[printer]\nsize = [1,\n 2]\n', "printer.size.1", 4, "harus teks"),
        ('name = "a"\n[voices.a]\namount_idr=1\n[voices.b]\namount_idr=-1\n', "voices.b.amount_idr", 5, ">= 0"),
        ('name = "a"\n[voices.a]\namount_idr=1\n[voices.b]\nnotes=1\namount_idr=1\n', "voices.b.notes", 5, "'note'"),
        ('name = "a"\n[voices]\nok.amount_idr=1\npanjang.amount_idr=1\n', "voices.panjang", 4, "panjang <= 5"),
        ('[printer]\nspeed = "fast"\n', "name", 1, "wajib"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_line(text: str, key: str, line: int, words: str) -> None:
    error = complaint(text)

    assert (error.key, error.line) == (key, line)
    assert words in error.why


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name = \n", 1),
        ('name = "a"\r\n\r\n[printer\r\n', 3),
        ('name = "a"\nname = "b"\n', 2),
        ('name = """never\nclosed\n', 2),
        ("\n\nnonsense", 3),
    ],
)
def test_wrong_syntax_is_told_with_its_line(text: str, line: int) -> None:
    error = complaint(text)

    assert error.line == line
    assert error.why.startswith("penulisan TOML salah")


def test_what_makes_the_parser_itself_fail_is_told_as_bad_toml() -> None:
    complaint("name = " + "[" * 50_000)
    complaint("name = " + "9" * 5_000)
    complaint('name = "' + "a" * toml.MAX_BYTES + '"')


def test_a_file_is_read_with_or_without_the_mark_of_windows_editors(tmp_path: Path) -> None:
    path = tmp_path / "kantor.toml"
    for data in (b'name = "a"\r\n', b'\xef\xbb\xbfname = "a"\n'):
        path.write_bytes(data)
        assert load(path, Office) == Office("a")


def test_a_file_that_is_missing_or_a_folder_or_too_large_or_not_utf8_is_told(tmp_path: Path) -> None:
    large, latin = tmp_path / "large.toml", tmp_path / "latin.toml"
    large.write_bytes(b"#" * (toml.MAX_BYTES + 1))
    latin.write_bytes(b'\n\nname = "caf\xe9"\n')

    for path, line in ((tmp_path / "none.toml", None), (tmp_path, None), (large, None), (latin, 3)):
        with pytest.raises(BadToml) as caught:
            load(path, Office)
        assert (caught.value.path, caught.value.line) == (str(path), line)


def test_a_key_wrong_only_with_others_is_told_by_its_table() -> None:
    class Pair(Struct, frozen=True):
        names: Annotated[dict[str, int], Meta(min_length=3)]

    with pytest.raises(BadToml) as caught:
        loads('[names]\na = 1\nb = "2"\n', "x.toml", Pair)
    assert caught.value.key.startswith("names")
    assert caught.value.line is not None


TRICKY = r"""
# [not.a.table]
title = "a \" ] = [x]"
'quo.ted' = 'c:\'
text = '''
[no]
no = 1 ''''
more = [ # ]
  "x", # , ]
  [1, 2
  ],
  { a.b = 1, "c" = { d = "}" } },
]
[ a . "b.c" ]   # spaces
when = 1979-05-27 07:32:00
two = "\u0041"
long = '''
''\"\"\"x'''
"\u0041" = +1e3
[[a.list]]
[[a.list]]
[a.list.under]
x = 1
[[a.list.deep]]
y = ""
""".replace('\\"\\"\\"', '"""')

LINES: list[tuple[KeyPath, int]] = [
    (("title",), 3),
    (("quo.ted",), 4),
    (("text",), 5),
    (("more",), 8),
    (("more", 0), 9),
    (("more", 1), 10),
    (("more", 1, 1), 10),
    (("more", 2, "a", "b"), 12),
    (("more", 2, "c", "d"), 12),
    (("a", "b.c"), 14),
    (("a", "b.c", "when"), 15),
    (("a", "b.c", "long"), 17),
    (("a", "b.c", "A"), 19),
    (("a", "b.c", "absent"), 14),
    (("a", "list", 0), 20),
    (("a", "list", 1), 21),
    (("a", "list", 1, "under", "x"), 23),
    (("a", "list", 1, "deep", 0, "y"), 25),
    (("nowhere", "at", "all"), 1),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_of_every_key_is_found_in_tricky_toml(newline: str) -> None:
    tomllib.loads(TRICKY)
    text = TRICKY.replace("\n", newline)

    assert [(path, line_of(text, path)) for path, _ in LINES] == LINES


names = st.sampled_from(["a", "b-1", '"x.y"', "'z ]'", '"\\u0041#"'])
values = st.sampled_from(
    ["1", '"]"', "'#'", "[1, [2],\n3]", "{ p = 1, q.r = '}' }", "'''\n[a]\n'''", "1979-05-27", "[\n]"]
)


def test_a_header_of_its_own_comes_before_that_of_a_table_inside() -> None:
    text = "[a.b]\nx = 1\n[a]\ny = 1\n[c.d]\n"

    assert [line_of(text, path) for path in (("a", "z"), ("a", "b", "z"), ("c", "z"))] == [3, 1, 5]


@given(st.lists(st.tuples(names, st.lists(st.tuples(names, values), unique_by=lambda pair: pair[0]))), st.data())
def test_every_key_of_any_document_is_found_on_its_own_line(
    tables: list[tuple[str, list[tuple[str, str]]]], data: st.DataObject
) -> None:
    text, counts = "", dict[str, int]()
    expected: list[tuple[KeyPath, int]] = []
    for name, pairs in tables:
        counts[name] = counts.get(name, -1) + 1
        table: KeyPath = (*tomllib.loads(f"{name} = 0"), counts[name])
        expected.append((table, text.count("\n") + 1))
        text += f"[[ {name} ]]{data.draw(st.sampled_from([' # [x]', '', chr(9)]))}\n"
        for key, value in pairs:
            text += data.draw(st.sampled_from(["", "\n", "# k = 1\n", "  "]))
            expected.append(((*table, *tomllib.loads(f"{key} = 0")), text.count("\n") + 1))
            text += f"{key} = {value}\n"
    tomllib.loads(text)

    assert [(path, line_of(text, path)) for path, _ in expected] == expected


FULL = """name = "a"
[[fees]]
amount_idr = 5
note = "x"
[printer]
speed = "fast"
columns = [1, 2]
[voices]
a.amount_idr = 1
"""


@given(st.integers(0, len(FULL)), st.integers(0, 8), st.text("ab\"'[]{}=.,#\n\\-1 \x00\u00e9", max_size=8))
def test_no_damage_to_a_file_raises_anything_but_bad_toml(at: int, cut: int, junk: str) -> None:
    with suppress(BadToml):
        loads(FULL[:at] + junk + FULL[at + cut :], "x.toml", Office)


@given(st.text())
def test_no_text_at_all_raises_anything_but_bad_toml(text: str) -> None:
    with pytest.raises(BadToml):
        loads(text, "x.toml", Office)
