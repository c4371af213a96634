"""What the front page tells a visitor: where the parts are, how to sign in, and what to try first. Words, no logic."""

from __future__ import annotations

import msgspec

from deploy.demo.addresses import Addresses
from deploy.demo.settings_files import SITE_NAME, DemoFile


class Place(msgspec.Struct, frozen=True):
    """One card: a screen of the product. `part` is the process whose health decides whether it can be visited."""

    name: str
    url: str
    part: str
    sign: str
    who: str
    what: str


class SignIn(msgspec.Struct, frozen=True):
    """Of the demo only; printed and shown openly because it opens nothing else."""

    place: str
    user: str
    secret: str
    secret_name: str


class Tour(msgspec.Struct, frozen=True):
    site_name: str
    places: tuple[Place, ...]
    sign_ins: tuple[SignIn, ...]
    frame_sources: str
    """CSP sources that our pages may show in a frame."""


def tour_of(demo: DemoFile, addresses: Addresses) -> Tour:
    officer, post = demo.sign_ins.officer, demo.sign_ins.post
    return Tour(
        site_name=SITE_NAME,
        places=places(addresses),
        sign_ins=(
            SignIn("Loket petugas", officer.user, officer.pin, "PIN"),
            SignIn("Posko", post.user, post.password, "kata sandi"),
        ),
        frame_sources=f"{addresses.kiosk_url} {addresses.central_url}",
    )


def places(addresses: Addresses) -> tuple[Place, ...]:
    kiosk, central = addresses.kiosk_url, addresses.central_url
    return (
        Place(
            "Kios warga", f"{kiosk}/kiosk/", "kiosk", "screen", "Layar sentuh",
            "Pilih layanan, ambil nomor antrean, baca syaratnya, atau minta tolong.",
        ),
        Place(
            "Loket petugas", f"{kiosk}/loket/", "kiosk", "counter", "Meja pelayanan",
            "Panggil nomor berikutnya, alihkan, selesaikan.",
        ),
        Place(
            "Papan antrean", f"{kiosk}/papan/", "kiosk", "megaphone", "TV di ruang tunggu",
            "Nomor yang dipanggil, tanpa satu pun data pribadi.",
        ),
        Place(
            "Posko", f"{central}/posko/", "central", "shield", "Polisi dan kelurahan",
            "Panggilan kentongan masuk di sini: terima, berangkatkan, tutup.",
        ),
        Place(
            "Kotak simulasi", f"{addresses.front_url}/sim/", "bridge", "kentongan", "Kentongan digital",
            "Tombol, lampu, sirene, gulungan kertas; cabut kabel, kertas, atau colokannya.",
        ),
    )  # fmt: skip
