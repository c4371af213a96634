"""A catalogue with a fault is refused whole, and the message says which file, key and line."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk
from kiosk.catalogue.checks import catalogue_faults
from kiosk.catalogue.loader import load_catalogue, load_codes, load_emergency
from kiosk.catalogue.values import Catalogue
from kiosk.core.errors import BadToml
from kiosk.core.toml import loads

PACKAGED = Path(kiosk.__path__[0]) / "catalogue"
SOURCE = 'source = { title = "x", date = "2026", certainty = "low" }'
SERVICE = """
[[services]]
id = "{id}"
letter = "{letter}"
agency = "kantor"
kind = "letter"
icon = "letter"
name = {{ id = "a", en = "b" }}
summary = {{ id = "a", en = "b" }}
requirements = [{{ id = "a", en = "b" }}]
procedure = [{{ id = "a", en = "b" }}]
fees = [{{ amount_idr = 0, note = {{ id = "a", en = "b" }} }}]
duration_min = 10
completion = {{ id = "a", en = "b" }}
product = {{ id = "a", en = "b" }}
complaint_channel = {{ id = "a", en = "b" }}
source = {{ title = "x", date = "2026", certainty = "low" }}
"""
SMALL = (
    """version = 1
site_kind = "kelurahan"
dated = 2026-11-22
priorities = []

[[agencies]]
id = "kantor"
name = { id = "a", en = "b" }
short_name = "K"
icon = "building"
shared_queue = false

[[groups]]
id = "semua"
name = { id = "a", en = "b" }
icon = "letter"
services = [
    "satu",
    "dua",
]

[[counters]]
number = 1
services = ["satu", "dua"]
"""
    + SERVICE.format(id="satu", letter="A")
    + SERVICE.format(id="dua", letter="B")
)


def refused(tmp_path: Path, text: str) -> BadToml:
    path = tmp_path / "layanan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadToml) as caught:
        load_catalogue(path)
    assert caught.value.path == str(path)
    return caught.value


def test_the_small_catalogue_of_these_tests_is_good(tmp_path: Path) -> None:
    path = tmp_path / "layanan.toml"
    path.write_text(SMALL, encoding="utf-8")

    assert [service.id for service in load_catalogue(path).services] == ["satu", "dua"]


@pytest.mark.parametrize(
    ("old", "new", "key", "at", "words"),
    [
        ('letter = "B"', 'letter = "A" #!', "services.1.letter", "#!", "huruf A sudah dipakai antrean satu"),
        ('letter = "B"', 'letter = "b"', "services.1.letter", 'letter = "b"', "pola"),
        ('letter = "B"', 'leter = "B"', "services.1.leter", "leter =", "mungkin maksud Anda 'letter'?"),
        ("queue = false", "queue = true", "services.1.letter", 'letter = "B"', "antrean kantor memakai huruf A"),
        (
            '    "dua",',
            '    "dau",',
            "groups.0.services.1",
            '"dau"',
            "layanan dau tidak ada; mungkin maksud Anda 'dua'?",
        ),
        ('    "dua",', '    "satu", #!', "groups.0.services.1", "#!", "sudah ada di kelompok semua"),
        ('    "dua",', "", "services.1.id", 'id = "dua"', "belum masuk kelompok"),
        ('["satu", "dua"]', '["dua"]', "services.0.id", 'id = "satu"', "belum punya loket"),
        ('["satu", "dua"]', '["satu", "tiga", "dua"]', "counters.0.services.1", "tiga", "layanan tiga tidak ada"),
        ('id = "dua"', 'id = "satu" #!', "services.1.id", "#!", "satu sudah dipakai di atas"),
        ('id = "dua"', 'id = "kantor" #!', "services.1.id", "#!", "kantor sudah dipakai sebagai instansi"),
        ('id = "dua"', 'id = "Dua Kali"', "services.1.id", "Dua Kali", "pola"),
        ('agency = "kantor"', 'agency = "kanto"', "services.0.agency", '"kanto"', "mungkin maksud Anda 'kantor'?"),
        ("amount_idr = 0", "amount_idr = -5", "services.0.fees.0.amount_idr", "-5", "bilangan bulat >= 0"),
        ("_min = 10", '_min = "10"', "services.0.duration_min", '"10"', "bilangan bulat, tetapi isinya teks"),
        ('icon = "building"', 'icon = "cat"', "agencies.0.icon", '"cat"', "harus salah satu dari: alarm, baby"),
        ('site_kind = "kelurahan"', 'site_kind = "desa"', "site_kind", "desa", "kelurahan, mpp"),
        ('completion = { id = "a", en', 'completion = { id = "", en', "services.0.completion.id", 'id = ""', "pola"),
        ("dated = 2026-11-22", 'dated = "tadi"', "dated", "tadi", "harus tanggal"),
    ],
)
def test_a_planted_fault_is_told_with_its_key_and_line(
    tmp_path: Path, old: str, new: str, key: str, at: str, words: str
) -> None:
    text = SMALL.replace(old, new, 1)
    assert text.count(at) == 1
    error = refused(tmp_path, text)

    assert (error.key, error.line) == (key, text[: text.index(at)].count("\n") + 1)
    assert words in error.why


@pytest.mark.parametrize(
    "item",
    ["requirements", "procedure", "duration_min", "completion", "fees", "product", "complaint_channel", "source"],
)
def test_a_service_without_one_of_its_items_is_refused_at_its_header(tmp_path: Path, item: str) -> None:
    text = re.sub(rf"(?m)^{item} = .*\n", "", SMALL)
    error = refused(tmp_path, text)

    assert (error.key, error.line) == (f"services.0.{item}", text[: text.index("[[services]]")].count("\n") + 1)
    assert "wajib" in error.why


def test_more_than_eight_choices_on_a_screen_are_refused(tmp_path: Path) -> None:
    names = [f"layanan-{number}" for number in range(9)]
    many = ", ".join(f'"{name}"' for name in names)
    error = refused(tmp_path, SMALL.replace('    "satu",\n    "dua",', many))
    assert (error.key, error.line) == ("groups.0.services", 17)

    group = SMALL[SMALL.index("[[groups]]") : SMALL.index("[[counters]]")]
    error = refused(tmp_path, SMALL.replace(group, group * 9))
    assert (error.key, error.line) == ("groups", 13)


def test_services_of_an_agency_with_one_queue_share_letter_and_numbers() -> None:
    shared = SMALL.replace("queue = false", "queue = true").replace('letter = "B"', 'letter = "A"')
    catalogue, apart = loads(shared, "x", Catalogue), loads(SMALL, "x", Catalogue)

    assert list(catalogue_faults(catalogue)) == []
    assert [catalogue.series(id_) for id_ in ("satu", "dua")] == ["kantor", "kantor"]
    assert [apart.series(id_) for id_ in ("satu", "dua")] == ["satu", "dua"]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        (
            "automatic = false\n",
            "automatic = true\n",
            "profiles.0.codes.6.automatic",
            "tidak boleh dibunyikan otomatis",
        ),
        ('event = "any-danger"', 'event = "brawl"', "profiles.0.codes", "belum ada kode any-danger"),
        ('event = "fire"', 'event = "theft"', "profiles.0.codes.3.event", "theft sudah dipakai"),
        ('id = "police"', 'id = "java"', "profiles.1.id", "java sudah dipakai"),
        ('strokes = "0=0=0"', 'strokes = "0-0-0"', "profiles.0.codes.1.strokes", "pola"),
        ("stroke_ms = 120", "stroke_ms = 0", "timings.stroke_ms", ">= 10"),
    ],
)
def test_a_planted_fault_in_the_codes_is_told(tmp_path: Path, old: str, new: str, key: str, words: str) -> None:
    path = tmp_path / "kode.toml"
    path.write_text((PACKAGED / "kentongan_codes.toml").read_text(encoding="utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(BadToml) as caught:
        load_codes(path)

    assert (caught.value.key, caught.value.path) == (key, str(path))
    assert caught.value.line is not None
    assert words in caught.value.why


def test_an_emergency_number_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "darurat.toml"
    text = (PACKAGED / "emergency.toml").read_text(encoding="utf-8").replace('number = "112"', 'number = "110" #!')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadToml) as caught:
        load_emergency(path)

    assert (caught.value.key, caught.value.line) == ("numbers.1.number", text[: text.index("#!")].count("\n") + 1)


def test_a_kind_of_site_that_is_not_known_is_taken_as_a_file_and_refused() -> None:
    with pytest.raises(BadToml, match="desa"):
        load_catalogue("desa")


LINES = SMALL.splitlines(keepends=True)
JUNK = st.text("ab\"'[]{}=.,#\n\\-1 \x00\u00e9", max_size=6)


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, 80), st.integers(0, 40), JUNK), max_size=4))
def test_no_damage_to_a_catalogue_raises_anything_but_bad_toml(damage: list[tuple[int, int, int, str]]) -> None:
    lines = list(LINES)
    for number, at, cut, junk in damage:
        lines[number] = lines[number][:at] + junk + lines[number][at + cut :]
    with suppress(BadToml):
        list(catalogue_faults(loads("".join(lines), "x.toml", Catalogue)))


TABLES = re.split(r"\n(?=\[\[)", SMALL)


@given(st.lists(st.sampled_from(TABLES), max_size=8))
def test_no_shuffled_missing_or_doubled_table_raises_anything_but_bad_toml(tables: list[str]) -> None:
    with suppress(BadToml):
        list(catalogue_faults(loads("\n".join([TABLES[0], *tables]), "x.toml", Catalogue)))
