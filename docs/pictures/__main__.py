"""Takes the pictures of README and manual from a running demonstration: `python -m docs.pictures` (`make docs`).

Nothing is drawn or posed: a demo starts in a temporary folder, a browser touches what a resident, an officer and the
post touch, the button is pressed through the simulated box, and what the screens show is what is kept. Every picture is
written anew; the run fails when one grows beyond what a reader should have to load.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from itertools import chain
from pathlib import Path

from playwright.sync_api import sync_playwright

from docs.pictures.demo import running_demo
from docs.pictures.files import TooHeavy
from docs.pictures.scenes import take_all
from docs.pictures.slips import take_slips
from docs.pictures.touchscreen import take_touchscreen

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__.splitlines()[0])
    arguments.add_argument("--port", type=int, default=9700, help="first of six free ports (default: 9700)")
    arguments.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of the pictures")
    chosen = arguments.parse_args()
    browser_program = next((program for name in BROWSERS if (program := shutil.which(name))), None)
    if browser_program is None:
        print("no browser on this machine: `make setup-test` installs Chromium", file=sys.stderr)
        return 1
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    # Chromium refuses to start as root inside its sandbox.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        tempfile.TemporaryDirectory(prefix="kentongan-pictures-") as folder,
        running_demo(Path(folder) / "demo", chosen.port) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_program, args=[*quiet, *sandbox])
        try:
            taken = chain(
                [take_slips(chosen.out)], take_touchscreen(browser, chosen.out), take_all(browser, demo, chosen.out)
            )
            for path in taken:
                print(f"{path}  {path.stat().st_size // 1000} kB", flush=True)
        except TooHeavy as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
