"""Letting devices, officers and other systems in: what `kentongan central …` does, as plain functions.

Each opens the store for itself and closes it, so they may run while the central serves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from kiosk.core.errors import BadInput
from kiosk.core.ids import device_id
from sync.central.passwords import hash_password, new_secret, secret_hash
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore, SiteCard, open_central
from sync.central.store.projection import require_text

MAX_NAME = 60


def enrol_device(
    settings: CentralSettings,
    device: str,
    public_key_hex: str,
    *,
    name: str,
    address: str,
    contact: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    utc_offset_h: int = 7,
) -> None:
    """Lets a kiosk in, with the card of its site. The same again renews the card.

    >>> enrol_device(settings, "31.74.05.1001-k1", "9f…", name="Kelurahan Pulo", address="Jl. Puri 1")

    Raises BadInput for a malformed name or key, Conflict when the device is known with another key.
    """
    site_code, _, kiosk = device.partition("-")
    device_id(site_code, kiosk)
    try:
        public_key = bytes.fromhex(public_key_hex.strip())
    except ValueError as error:
        raise BadInput("kunci publik harus 64 angka heksadesimal, seperti yang ditampilkan kiosk") from error
    if not -12 <= utc_offset_h <= 14:
        raise BadInput("selisih waktu harus jam penuh: WIB 7, WITA 8, WIT 9")
    site = SiteCard(
        code=site_code,
        name=name,
        address=address,
        contact=contact,
        latitude=latitude,
        longitude=longitude,
        utc_offset_h=utc_offset_h,
    )
    with _store(settings) as store:
        store.enrol(device, public_key, site)


def add_officer(settings: CentralSettings, name: str, password: str, post: str | None = None) -> None:
    """A new officer of the post, or a new password for a known one. Raises BadInput for a short password."""
    name = name.strip()
    require_text(name, "nama petugas")
    if not 1 <= len(name) <= MAX_NAME:
        raise BadInput(f"nama petugas harus 1–{MAX_NAME} huruf")
    with _store(settings) as store:
        store.put_officer(name, post or settings.post, hash_password(password))


def new_token(settings: CentralSettings, label: str) -> str:
    """A fresh API token for another system; it is shown once and only its hash is kept."""
    require_text(label, "nama token")
    token = new_secret()
    with _store(settings) as store:
        store.put_token(label, secret_hash(token))
    return token


def put_token(settings: CentralSettings, label: str, token: str) -> None:
    """Makes a token that somebody else chose valid (the demo keeps its own). Doing it again changes nothing."""
    if len(token) < 32:
        raise BadInput("token harus sedikitnya 32 huruf acak")
    with _store(settings) as store:
        if store.token_label(secret_hash(token)) is None:
            store.put_token(label, secret_hash(token))


def revoke_token(settings: CentralSettings, label: str) -> None:
    """Ends every token of that label. Raises NotFound when there is none."""
    with _store(settings) as store:
        store.revoke_token(label)


@contextlib.contextmanager
def _store(settings: CentralSettings) -> Iterator[CentralStore]:
    store = open_central(settings.database)
    try:
        yield store
    finally:
        store.close()
