"""The routes of `/api/v1`. Each reads its input strictly, asks the store once and answers.

A page is `{"items": […], "next": "…"}`; `next` goes back as `after` and is null on the last page. Whoever answers an
alert by token names the officer: only a named human is E5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kiosk.core.alert import AlertAction
from kiosk.core.errors import BadInput, StoreError
from kiosk.http.body import json_answer, json_body
from sync.central.access import Policy, policy, visitor
from sync.central.api import bodies, values
from sync.central.api.openapi import openapi
from sync.central.store import CentralStore

MAX_PAGE = 500
_ALERT_CURSOR = re.compile(r"(\d{1,15})~([0-9A-Za-z-]{1,64})\Z")
_BODIES: dict[AlertAction, type[msgspec.Struct]] = {
    AlertAction.ACKNOWLEDGE: bodies.Acknowledge,
    AlertAction.DISPATCH: bodies.Dispatch,
    AlertAction.ARRIVE: bodies.Arrive,
    AlertAction.CLOSE: bodies.Close,
}

In = TypeVar("In")
Out = TypeVar("Out")


def blueprint(store: CentralStore) -> Blueprint:
    """`/api/v1` and `/healthz`."""
    api = Blueprint("api", __name__)

    @api.get("/api/v1/alerts")
    @policy(Policy.PROGRAM)
    def alerts() -> ResponseReturnValue:
        limit, after = _limit(), request.args.get("after")
        only_open = _choice("state", ("all", "open")) == "open"
        found = store.alerts(_alert_cursor(after), limit, only_open)
        return _page(found, values.Alert.of, limit, lambda last: f"{last.received_ms}~{last.id}")

    @api.get("/api/v1/alerts/<alert_id>")
    @policy(Policy.PROGRAM)
    def alert(alert_id: str) -> ResponseReturnValue:
        return json_answer(values.Alert.of(store.alert(_text(alert_id))))

    def answering(action: AlertAction) -> Callable[[str], ResponseReturnValue]:
        @policy(Policy.PROGRAM)
        def answer(alert_id: str) -> ResponseReturnValue:
            said = msgspec.to_builtins(json_body(_BODIES[action]))
            officer = _officer(said.pop("officer"))
            view = store.answer_alert(_text(alert_id), action, officer, said, store.now_ms(), visitor().via)
            return json_answer(values.Alert.of(view))

        return answer

    for action in _BODIES:
        api.post(f"/api/v1/alerts/<alert_id>/{action}", endpoint=f"alert_{action}")(answering(action))

    @api.get("/api/v1/sites")
    @policy(Policy.PROGRAM)
    def sites() -> ResponseReturnValue:
        limit, now_ms = _limit(), store.now_ms()
        found = store.sites(_after(), limit)
        return _page(found, lambda view: values.SiteState.of(view, now_ms), limit, lambda last: last.site.code)

    @api.get("/api/v1/sites/<code>")
    @policy(Policy.PROGRAM)
    def site(code: str) -> ResponseReturnValue:
        return json_answer(values.SiteState.of(store.site(_text(code)), store.now_ms()))

    @api.get("/api/v1/devices")
    @policy(Policy.PROGRAM)
    def devices() -> ResponseReturnValue:
        limit = _limit()
        return _page(store.devices(_after(), limit), values.Device.of, limit, lambda last: last.id)

    @api.get("/api/v1/tickets")
    @policy(Policy.PROGRAM)
    def tickets() -> ResponseReturnValue:
        limit, code = _limit(), request.args.get("site")
        found = store.tickets(None if code is None else _text(code), _after(), limit)
        return _page(found, values.Ticket.of, limit, lambda last: last.id)

    @api.get("/api/v1/events")
    @policy(Policy.PROGRAM)
    def events() -> ResponseReturnValue:
        limit, after = _limit(), request.args.get("after", "0")
        if not re.fullmatch(r"\d{1,18}", after, re.ASCII):
            raise BadInput("after harus nomor kedatangan dari halaman sebelumnya")
        return _page(store.events(int(after), limit), values.Event.of, limit, lambda last: str(last.arrival))

    @api.get("/api/v1/openapi.json")
    @policy(Policy.PUBLIC)
    def document() -> ResponseReturnValue:
        return json_answer(openapi())

    @api.get("/healthz")
    @policy(Policy.PUBLIC)
    def healthz() -> ResponseReturnValue:
        try:
            heard_ms = store.last_contact_ms()
        except StoreError:
            return json_answer({"status": "failing", "parts": {"database": {"status": "failing"}}}, 503)
        age_s = None if heard_ms is None else max(0, store.now_ms() - heard_ms) // 1000
        parts = {"database": {"status": "ok"}, "devices": {"status": "ok", "last_contact_age_s": age_s}}
        return json_answer({"status": "ok", "parts": parts})

    return api


def _page(found: Sequence[In], of: Callable[[In], Out], limit: int, cursor: Callable[[In], str]) -> ResponseReturnValue:
    last = cursor(found[-1]) if len(found) == limit else None
    return json_answer({"items": [of(item) for item in found], "next": last})


def _officer(named: str | None) -> str:
    """Who answers: the signed-in officer (who may not write another's name), or the one whom a program names."""
    signed_in = visitor().officer
    if signed_in is not None:
        if named not in (None, signed_in):
            raise BadInput("officer harus nama petugas yang sedang masuk, atau tidak diisi")
        return signed_in
    if named is None:
        raise BadInput("officer harus diisi: hanya manusia yang disebut namanya dapat menjawab panggilan")
    return _text(named)


def _limit() -> int:
    limit = request.args.get("limit", "100")
    if not re.fullmatch(r"\d{1,4}", limit, re.ASCII) or not 1 <= int(limit) <= MAX_PAGE:
        raise BadInput(f"limit harus 1–{MAX_PAGE}")
    return int(limit)


def _after() -> str | None:
    after = request.args.get("after")
    return None if after is None else _text(after)


def _choice(name: str, choices: tuple[str, ...]) -> str:
    chosen = request.args.get(name, choices[0])
    if chosen not in choices:
        raise BadInput(f"{name} harus salah satu dari {', '.join(choices)}")
    return chosen


def _alert_cursor(after: str | None) -> tuple[int, str] | None:
    if after is None:
        return None
    found = _ALERT_CURSOR.match(after)
    if found is None:
        raise BadInput("after harus isi next dari halaman sebelumnya")
    return int(found[1]), found[2]


def _text(text: str) -> str:
    """Text from an address as a database can be asked for it."""
    if "\0" in text or len(text) > 200:
        raise BadInput("alamat ini berisi karakter yang tidak dapat dicari")
    return text
