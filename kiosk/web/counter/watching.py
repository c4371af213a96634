"""Journals what a signed-in officer was refused outright: a forged form, another's counter, a page for supervisors."""

from __future__ import annotations

from flask import Response, request

from kiosk.web.counter.refusals import journal_refusal
from kiosk.web.counter.session import signed_in
from kiosk.web.office import office


def journal_refused(response: Response) -> Response:
    """To be run after each request of a slice in which officers act."""
    if request.method == "POST" and 400 <= response.status_code < 500 and request.endpoint in _ENDPOINTS:
        signed = signed_in()
        if signed is not None:
            wish = str((request.view_args or {}).get("action") or request.path.rsplit("/", 1)[-1])[:40]
            journal_refusal(office().store, signed.officer, signed.counter, wish, f"http-{response.status_code}")
    return response


_ENDPOINTS = ("api.act", "counter.act", "counter.change_day", "counter.set_account", "counter.end_account")
