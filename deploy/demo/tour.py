"""What the front page tells a visitor: where the parts are, how to sign in, and what to try first. Words, no logic."""

from __future__ import annotations

from pathlib import Path

import msgspec

from deploy.demo.addresses import Addresses
from deploy.demo.demo_file import DemoFile
from deploy.demo.settings_files import OFFICE, SITE_NAME


class Place(msgspec.Struct, frozen=True):
    """One card: a screen of the product. `part` is the process whose health decides whether it can be visited, `key`
    its name in `demo.json`."""

    key: str
    name: str
    url: str
    part: str
    sign: str
    what: str


class SignIn(msgspec.Struct, frozen=True):
    """To the place of that key, in this demo only; printed and shown openly because it opens nothing else."""

    key: str
    sign: str
    who: str
    user: str
    secret: str
    secret_name: str


class Tour(msgspec.Struct, frozen=True):
    """`office` is the site's name as its signboard has it; `folder` where the demo keeps its state."""

    site_name: str
    office: str
    folder: str
    places: tuple[Place, ...]
    sign_ins: tuple[SignIn, ...]
    frame_sources: str
    """CSP sources that our pages may show in a frame."""


def tour_of(demo: DemoFile, addresses: Addresses, folder: Path) -> Tour:
    officer, post = demo.sign_ins.officer, demo.sign_ins.post
    return Tour(
        site_name=SITE_NAME,
        office=OFFICE,
        folder=folder.name,
        places=places(addresses),
        sign_ins=(
            SignIn("officer", "counter", "Petugas loket", officer.user, officer.pin, "PIN"),
            SignIn("central", "shield", "Petugas posko", post.user, post.password, "sandi"),
        ),
        # The front page shows our own box too.
        frame_sources=f"'self' {addresses.kiosk_url} {addresses.central_url}",
    )


def places(addresses: Addresses) -> tuple[Place, ...]:
    """In the order of the cards; the box, which is ours, first and largest."""
    kiosk, central, front = addresses.kiosk_url, addresses.central_url, addresses.front_url
    return (
        Place("sim", "Kotak simulasi", f"{front}/sim/", "bridge", "plug", "Tombol, lampu, sirene, kertas, kabel"),
        Place("kiosk", "Layar warga", f"{kiosk}/kiosk/", "kiosk", "hand", "Layar sentuh di kelurahan"),
        Place("officer", "Loket", f"{kiosk}/loket/", "kiosk", "counter", "Panggil dan layani nomor"),
        Place("board", "Papan", f"{kiosk}/papan/", "kiosk", "screen", "Televisi di ruang tunggu"),
        Place("central", "Posko", f"{central}/posko/", "central", "shield", "Polisi dan kelurahan menjawab"),
    )
