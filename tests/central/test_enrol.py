"""What `kentongan central …` does: letting devices, officers and tokens in, and settings that say what is wrong."""

from __future__ import annotations

import pytest

from kiosk.core.errors import BadInput, Conflict, NotFound
from sync.central.enrol import add_officer, enrol_device, new_token, put_token, revoke_token
from sync.central.passwords import is_password, secret_hash
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore
from tests.central.stories import OTHER_DEVICE

KEY = bytes(range(32, 64))


@pytest.fixture
def settings(store: CentralStore, migrated_url: str) -> CentralSettings:
    return CentralSettings(database=migrated_url, post="Posko Melawai")


def test_a_device_is_let_in_with_its_sites_card(settings: CentralSettings, store: CentralStore) -> None:
    enrol_device(settings, OTHER_DEVICE, KEY.hex(), name="Sukasari", address="Jl. Setra 1", utc_offset_h=8)
    assert store.public_key(OTHER_DEVICE) == KEY
    site = store.site("32.73.01.1002").site
    assert (site.name, site.address, site.utc_offset_h, site.latitude) == ("Sukasari", "Jl. Setra 1", 8, None)
    with pytest.raises(Conflict):
        enrol_device(settings, OTHER_DEVICE, bytes(32).hex(), name="Sukasari", address="")


@pytest.mark.parametrize(
    ("device", "key", "offset_h"),
    [
        ("k1", KEY.hex(), 7),
        ("31.74.05-k1", KEY.hex(), 7),
        (OTHER_DEVICE, "zz", 7),
        (OTHER_DEVICE, "00", 7),
        (OTHER_DEVICE, KEY.hex(), 99),
    ],
)
def test_a_wrong_name_key_or_zone_lets_nobody_in(
    settings: CentralSettings, store: CentralStore, device: str, key: str, offset_h: int
) -> None:
    with pytest.raises(BadInput):
        enrol_device(settings, device, key, name="X", address="", utc_offset_h=offset_h)
    assert store.public_key(device) is None


def test_an_officer_belongs_to_the_post_and_may_get_a_new_password(
    settings: CentralSettings, store: CentralStore
) -> None:
    add_officer(settings, " Bripka Sari ", "246810")
    add_officer(settings, "Bripka Sari", "135791", "Posko Lain")
    known = store.officer("Bripka Sari")
    assert known is not None
    assert (known.post, store.officer_names()) == ("Posko Lain", ["Bripka Sari"])
    assert is_password("135791", known.password_hash)
    assert not is_password("246810", known.password_hash)
    with pytest.raises(BadInput):
        add_officer(settings, "Budi", "123")
    with pytest.raises(BadInput):
        add_officer(settings, " ", "246810")


def test_a_token_is_shown_once_and_can_be_revoked(settings: CentralSettings, store: CentralStore) -> None:
    token = new_token(settings, "dinas")
    assert store.token_label(secret_hash(token)) == "dinas"
    revoke_token(settings, "dinas")
    assert store.token_label(secret_hash(token)) is None
    with pytest.raises(NotFound):
        revoke_token(settings, "dinas")


def test_a_token_that_somebody_chose_is_kept_once(settings: CentralSettings, store: CentralStore) -> None:
    for _ in range(2):
        put_token(settings, "demo", "d" * 43)
    assert store.token_label(secret_hash("d" * 43)) == "demo"
    with pytest.raises(BadInput):
        put_token(settings, "demo", "short")


@pytest.mark.parametrize(
    "wrong",
    [
        {"database": "central.db"},
        {"brokers": ("http://x",)},
        {"brokers": ("mqtt://",)},
        {"public_url": "ftp://x"},
        {"frame_ancestors": ("http://a; script-src *",)},
        {"frame_ancestors": ("*",)},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        CentralSettings(**wrong)  # type: ignore[arg-type]
