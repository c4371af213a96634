"""Many agents in one process, each the real daemon: `python -m tests.soak.fleet sites.json [--password]`.

Ended by being killed; when one agent ends by itself, all do, so that whoever started them sees it.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from pathlib import Path

import msgspec

from kiosk.core.settings import SiteSettings
from sync.agent import daemon, link
from tests.soak.password import show_password

link.LOOK_EVERY_S = 0.2  # a hundred agents share a core here; a kiosk has four for one


def _run(site: SiteSettings) -> None:
    try:
        daemon.run(site, threading.Event())
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def main() -> None:
    sites = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[SiteSettings])
    if "--password" in sys.argv:
        show_password()
    for site in sites:
        threading.Thread(target=_run, args=(site,)).start()


if __name__ == "__main__":
    main()
