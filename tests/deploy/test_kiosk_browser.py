"""The kiosk's browser cannot leave the screen's address: the policy file of `deploy/browser`, read by a real Chromium.

Chromium reads managed policies from `/etc/chromium` alone, so the browser is started in a mount namespace of its own in
which that folder is the test's. Developer tools are shut to the test as well, which is why they are let in where
anything else is to be seen. Playwright decides itself about downloads, so that line of the file is not tried here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from kiosk.core.settings import KioskSettings

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "deploy" / "browser" / "kentongan-kiosk.json"
TOOLS = "DeveloperToolsAvailability"


class Pages(BaseHTTPRequestHandler):
    """A site with a screen and an officer's desk."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<title>{self.path}</title><a id=desk href='/loket/'>desk</a>".encode())

    def log_message(self, format: str, *args: Any) -> None:
        """The test's output is for the test."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


@contextmanager
def browser(
    playwright: Playwright, folder: Path, policy: dict[str, Any], timeout_ms: float = 30_000
) -> Iterator[BrowserContext]:
    """A Chromium that is managed by this policy, and by nothing else on the machine."""
    chromium = shutil.which("chromium")
    etc = folder / "etc"
    (etc / "policies" / "managed").mkdir(parents=True)
    (etc / "policies" / "managed" / POLICY.name).write_text(json.dumps(policy))
    inside = f'mount --bind {etc} /etc/chromium && exec {chromium} "$@"'
    wrapper = folder / "chromium"
    wrapper.write_text(f"#!/bin/sh\nexec unshare -rm sh -c '{inside}' chromium \"$@\"\n")
    wrapper.chmod(0o755)
    arguments = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
    with closing(
        playwright.chromium.launch_persistent_context(
            folder / "profile", executable_path=wrapper, args=arguments, timeout=timeout_ms
        )
    ) as context:
        yield context


@pytest.fixture(autouse=True)
def own_namespace() -> None:
    if not Path("/etc/chromium").is_dir() or shutil.which("chromium") is None:
        pytest.skip("this machine's browser is not Debian's Chromium, which reads /etc/chromium")
    tried = subprocess.run(["unshare", "-rm", "mount", "--bind", os.devnull, os.devnull], capture_output=True)
    if tried.returncode:
        pytest.skip(f"no mount namespace of one's own on this machine: {tried.stderr.decode().strip()}")


def policy_for(site: str) -> dict[str, Any]:
    """The file that is shipped, for the test's port."""
    found: dict[str, Any] = json.loads(POLICY.read_text())
    [address] = found["URLAllowlist"]
    assert address == f"http://127.0.0.1:{KioskSettings().port}/kiosk"
    return {**found, "URLAllowlist": [f"{site}/kiosk"]}


def test_the_screen_is_reached_and_nothing_else(playwright: Playwright, site: str, tmp_path: Path) -> None:
    policy = {name: value for name, value in policy_for(site).items() if name != TOOLS}
    with browser(playwright, tmp_path, policy) as context:
        page = context.pages[0]
        page.goto(f"{site}/kiosk/")
        assert page.title() == "/kiosk/"
        elsewhere = (f"{site}/loket/", f"{site}/", "http://192.0.2.1/", "file:///etc/passwd", "data:text/html,x")
        inside = ("chrome://settings", "chrome://policy", "chrome://downloads", "view-source:http://127.0.0.1/")
        for address in (*elsewhere, *inside):
            with closing(context.new_page()) as other:
                assert went(other, address) == "refused", address
        page.locator("#desk").click()
        page.wait_for_url("chrome-error://**")
    with browser(playwright, tmp_path / "again", policy) as context:
        page = context.pages[0]
        page.goto(f"{site}/kiosk/")
        page.evaluate(f"window.open('{site}/kiosk/other')")
        assert len(context.pages) == 1  # no window is opened over the screen


def test_without_the_policy_the_same_ways_are_open(playwright: Playwright, site: str, tmp_path: Path) -> None:
    with browser(playwright, tmp_path, {}) as context:
        page = context.pages[0]
        page.goto(f"{site}/kiosk/")
        page.locator("#desk").click()
        page.wait_for_url(f"{site}/loket/")
        assert went(page, "chrome://policy") == "chrome://policy/"


def test_developer_tools_are_shut_even_to_a_program(playwright: Playwright, site: str, tmp_path: Path) -> None:
    with pytest.raises(Error), browser(playwright, tmp_path, policy_for(site), 6_000) as context:
        context.new_page().goto(f"{site}/kiosk/")


def went(page: Page, address: str) -> str:
    """Where the page is after going there."""
    try:
        page.goto(address)
    except Error:
        return "refused"
    return page.url
