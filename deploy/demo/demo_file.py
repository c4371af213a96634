"""`demo.json`: addresses, sign-ins and the API token, for whoever drives the demo by program.

Its shape is a promise (see the manual). The sign-ins open nothing but this demo, on this machine, and are printed
openly; the token is made at the first start and never shown elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import msgspec

from deploy.demo.addresses import Addresses
from kiosk.core.decoding import from_json


class PostSignIn(msgspec.Struct, frozen=True):
    user: str = "Bripka Sari"
    password: str = "kentongan"


class OfficerSignIn(msgspec.Struct, frozen=True):
    user: str = "Siti Aminah"
    pin: str = "246810"


class SignIns(msgspec.Struct, frozen=True):
    officer: OfficerSignIn = OfficerSignIn()
    post: PostSignIn = PostSignIn()


class DemoFile(msgspec.Struct, frozen=True):
    """`demo.json`: what a script needs to drive the demo. The file can be read by its owner only."""

    kiosk: str
    officer: str
    board: str
    central: str
    sim: str
    sign_ins: SignIns
    central_token: str


def read_demo_file(folder: Path) -> DemoFile:
    """What an earlier start wrote. Raises `FileNotFoundError` when there was none."""
    return from_json((folder / "demo.json").read_bytes(), DemoFile)


def keep_demo_file(folder: Path, addresses: Addresses) -> DemoFile:
    """Writes it with these addresses; token and sign-ins stay those of an earlier start."""
    token, sign_ins = secrets.token_urlsafe(32), SignIns()
    with contextlib.suppress(FileNotFoundError):
        earlier = read_demo_file(folder)
        token, sign_ins = earlier.central_token, earlier.sign_ins
    demo = DemoFile(
        kiosk=f"{addresses.kiosk_url}/kiosk/",
        officer=f"{addresses.kiosk_url}/loket/",
        board=f"{addresses.kiosk_url}/papan/",
        central=f"{addresses.central_url}/posko/",
        sim=f"{addresses.front_url}/sim/",
        sign_ins=sign_ins,
        central_token=token,
    )
    write_privately(folder / "demo.json", msgspec.json.format(msgspec.json.encode(demo), indent=2) + b"\n")
    return demo


def write_privately(path: Path, content: bytes) -> None:
    """Whole or not at all, mode 0600; the demo's state needs no more durability than that."""
    fresh = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
