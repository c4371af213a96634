"""Lets the demo's kiosk, officers and token in: a one-shot of the first start, one for the site and one for the
central.

It calls the functions behind `kentongan officer` and `kentongan central …`, once for all, because a command for each
would cost the first start seconds. Doing it again changes nothing. Only run as a process of its own: the demo itself
must not pay for these imports.

    python -m deploy.demo.enrolment FOLDER site|central
"""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.demo import settings_files as demo
from deploy.demo.demo_file import read_demo_file
from deploy.demo.ladder import ladder_bytes
from kiosk.core.ladder_document import LADDER_DOCUMENT
from kiosk.core.settings import load_site
from kiosk.store.database import open_store
from kiosk.store.officers import add_officer as add_counter_officer
from sync.central.enrol import add_officer as add_post_officer
from sync.central.enrol import enrol_device, put_token
from sync.central.settings import CentralSettings, load_central
from sync.central.store import open_central
from sync.keys import load, public_hex


def enrol_site(folder: Path) -> None:
    """Adds the officer of the counters. Needs the site's database migrated; returns after the commit."""
    officer = read_demo_file(folder).sign_ins.officer
    store = open_store(load_site(folder / "site.toml").database)
    try:
        add_counter_officer(store, officer.user, officer.pin, "supervisor")
    finally:
        store.close()


def enrol_central(folder: Path) -> None:
    """Lets in the kiosk, the post's officer and the token, and publishes the site's ladder.

    Needs the central's database migrated.
    """
    settings = load_central(folder / "central.toml")
    known = read_demo_file(folder)
    enrol_device(
        settings,
        f"{demo.SITE_CODE}-{demo.KIOSK_ID}",
        public_hex(load(load_site(folder / "site.toml").device_key)),
        name=demo.SITE_NAME,
        address=demo.SITE_ADDRESS,
        contact=demo.SITE_CONTACT,
        latitude=demo.SITE_LATITUDE,
        longitude=demo.SITE_LONGITUDE,
    )
    add_post_officer(settings, known.sign_ins.post.user, known.sign_ins.post.password)
    put_token(settings, "demo", known.central_token)
    _publish_ladder(settings)


def _publish_ladder(settings: CentralSettings) -> None:
    store = open_central(settings.database)
    try:
        store.downlink.publish_document(f"site:{demo.SITE_CODE}", LADDER_DOCUMENT, ladder_bytes(), "demo")
    finally:
        store.close()


def main(folder: Path, what: str) -> None:
    if what == "site":
        enrol_site(folder)
    else:
        enrol_central(folder)
    (folder / what / demo.ENROLLED).touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
