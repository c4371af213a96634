"""Many agents in one process, each the real daemon: `python -m tests.soak.fleet sites.json`, ended by being killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import msgspec

from kiosk.core.settings import SiteSettings
from sync.agent import daemon, link

link.LOOK_EVERY_S = 0.2  # a hundred agents share a core here; a kiosk has four for one


def main() -> None:
    sites = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[SiteSettings])
    stop = threading.Event()
    agents = [threading.Thread(target=daemon.run, args=(site, stop)) for site in sites]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()


if __name__ == "__main__":
    main()
