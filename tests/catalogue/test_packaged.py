"""The catalogues in the package: what residents of a kelurahan and of a public-service mall read."""

from __future__ import annotations

from pathlib import Path

import pytest

import kiosk.design
from kiosk.catalogue.loader import load_catalogue, load_codes, load_emergency
from kiosk.catalogue.values import Catalogue
from kiosk.core.errors import NotFound

KELURAHAN_LETTERS = {
    *(
        "usaha",
        "domisili",
        "domisili-usaha",
        "sktm",
        "pengantar-skck",
        "izin-keramaian",
        "kehilangan",
        "beda-identitas",
    ),
    *("kelahiran", "kematian", "lahir-mati", "pindah", "penghasilan", "belum-menikah", "wali-hakim", "pengantar-nikah"),
}
POLICE_FEES_IDR = {  # PP 76/2020
    "skck": [30_000],
    "sim-baru": [120_000, 100_000, 50_000],
    "sim-perpanjangan": [80_000, 75_000, 30_000],
    "sim-internasional": [250_000, 225_000],
    "stnk": [100_000, 200_000, 60_000, 100_000],
    "bpkb": [225_000, 375_000],
    "laporan-kehilangan": [0],
}


@pytest.fixture(params=["kelurahan", "mpp"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return load_catalogue(request.param)


def test_every_service_shows_its_six_standard_items_in_indonesian_and_english(catalogue: Catalogue) -> None:
    for service in catalogue.services:
        items = {
            "requirements": list(service.requirements),
            "procedure": list(service.procedure),
            "time": [service.completion],
            "fee": [fee.note for fee in service.fees],
            "product": [service.product],
            "complaint": [service.complaint_channel],
        }
        for item, texts in items.items():
            assert texts, (service.id, item)
            for words in texts:
                assert words.in_("id") == words.id != ""
                assert words.in_("en") == words.en != ""
        assert service.duration_min > 0


def test_the_catalogue_is_of_the_kind_that_was_asked_for() -> None:
    assert [load_catalogue(kind).site_kind for kind in ("kelurahan", "mpp")] == ["kelurahan", "mpp"]


def test_a_kelurahan_offers_its_letters_free_of_charge() -> None:
    catalogue = load_catalogue("kelurahan")

    assert {service.id for service in catalogue.services} == KELURAHAN_LETTERS
    assert all(service.free for service in catalogue.services)


def test_the_police_counter_charges_what_the_regulation_says() -> None:
    catalogue = load_catalogue("mpp")

    for service_id, amounts in POLICE_FEES_IDR.items():
        fees = catalogue.service(service_id).fees
        assert [fee.amount_idr for fee in fees if fee.amount_idr is not None] == amounts
        for fee in fees:
            if fee.amount_idr:
                assert fee.source is not None
                assert (fee.source.title[:10], fee.source.certainty) == ("PP 76/2020", "high")


def test_every_sign_named_was_drawn(catalogue: Catalogue) -> None:
    icons = {one.icon for table in (catalogue.services, catalogue.agencies, catalogue.groups) for one in table}
    icons |= {number.icon for number in load_emergency().numbers}

    assert icons <= set(kiosk.design.sign_names())


def test_names_fit_a_ticket_and_a_choice_on_the_screen(catalogue: Catalogue) -> None:
    for words in [service.name for service in catalogue.services] + [group.name for group in catalogue.groups]:
        assert len(words.id) <= 40
        assert len(words.en) <= 44


def test_ticket_letters_avoid_those_that_read_as_numbers(catalogue: Catalogue) -> None:
    assert {service.letter for service in catalogue.services}.isdisjoint("IO")


def test_an_unknown_service_is_not_found(catalogue: Catalogue) -> None:
    for find in (catalogue.service, catalogue.agency, catalogue.group):
        with pytest.raises(NotFound, match="paspor"):
            find("paspor")


def test_a_lookup_finds_every_id(catalogue: Catalogue) -> None:
    assert [catalogue.service(one.id) for one in catalogue.services] == list(catalogue.services)
    assert [catalogue.agency(one.id) for one in catalogue.agencies] == list(catalogue.agencies)
    assert [catalogue.group(one.id) for one in catalogue.groups] == list(catalogue.groups)


def test_a_site_can_bring_its_own_file(tmp_path: Path) -> None:
    packaged = Path(kiosk.__path__[0]) / "catalogue" / "kelurahan.toml"
    own = tmp_path / "layanan.toml"
    own.write_bytes(packaged.read_bytes().replace(b"duration_min = 15", b"duration_min = 25"))

    assert load_catalogue(own).service("usaha").duration_min == 25
    assert load_catalogue(str(own)) == load_catalogue(own)


def test_every_list_of_kentongan_codes_has_titir_and_never_sounds_aman_by_itself() -> None:
    for profile in load_codes().profiles:
        assert profile.code("any-danger").repeat == "unbroken"
        assert not profile.code("safe").automatic


def test_the_codes_on_which_the_lists_agree_are_two_strokes_for_theft_and_three_for_fire() -> None:
    codes = load_codes()

    assert [codes.profile(list_).code("theft").strokes for list_ in ("java", "police")] == ["00=00=00", "00=00"]
    assert [codes.profile(list_).code("fire").strokes for list_ in ("java", "police")] == ["000=000=000", "000=000"]


def test_a_danger_without_a_code_in_a_list_sounds_titir() -> None:
    java = load_codes().profile("java")

    assert java.code("brawl") == java.code("any-danger")


def test_an_unknown_list_of_codes_is_not_found() -> None:
    with pytest.raises(NotFound, match="java, police"):
        load_codes().profile("bali")


def test_the_police_number_is_the_first_to_offer() -> None:
    numbers = [number.number for number in load_emergency().numbers]

    assert numbers[:2] == ["110", "112"]
