"""OpenAPI 3.1 of `/api/v1`, built from the very types that the routes read and write, so that it cannot lag behind."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from sync.central.api import bodies, values

_OUT = (values.Alert, values.CapEntry, values.SiteState, values.Device, values.Ticket, values.Event)
_IN = (bodies.Acknowledge, bodies.Dispatch, bodies.Arrive, bodies.Close)
_ANSWERS = {"acknowledge": "Acknowledge", "dispatch": "Dispatch", "arrive": "Arrive", "close": "Close"}


@cache
def openapi() -> dict[str, Any]:
    """The document, as JSON values."""
    _, components = msgspec.json.schema_components((*_OUT, *_IN), ref_template="#/components/schemas/{name}")
    components = {**components, "Problem": _problem()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kentongan central",
            "version": "1",
            "description": "Alerts, sites, devices, tickets and events. Times are ISO 8601 with the site's offset.",
        },
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _paths() -> dict[str, Any]:
    open_only = _parameter("state", "query", {"enum": ["all", "open"], "default": "all"})
    after = _parameter("after", "query", {"type": "string"})
    limit = _parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100})
    site = _parameter("site", "query", {"type": "string"})
    paths: dict[str, Any] = {
        "/api/v1/alerts": _get("Alerts, newest first", _page("Alert"), [open_only, after, limit]),
        "/api/v1/alerts/{id}": _get("One alert with its steps", _ref("Alert"), [_path("id")]),
        "/api/v1/alerts/{id}/cap": _get("Its CAP 1.2 messages so far", _items("CapEntry"), [_path("id")]),
        "/api/v1/alerts/{id}/cap/{number}": _cap(),
        "/api/v1/sites": _get("Sites by code", _page("SiteState"), [after, limit]),
        "/api/v1/sites/{code}": _get("One site", _ref("SiteState"), [_path("code")]),
        "/api/v1/devices": _get("Devices by id", _page("Device"), [after, limit]),
        "/api/v1/tickets": _get("Tickets, newest first", _page("Ticket"), [site, after, limit]),
        "/api/v1/events": _get(
            "Events in order of arrival; follow `next` and none is missed", _page("Event"), [after, limit]
        ),
        "/healthz": {
            "get": {"summary": "Health of each part", "security": [], "responses": {"200": {"description": "Well"}}}
        },
    }
    for action, body in _ANSWERS.items():
        paths[f"/api/v1/alerts/{{id}}/{action}"] = {
            "post": {
                "summary": f"{body} an alert, once; 409 says who was first",
                "parameters": [_path("id")],
                "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(body)}}},
                "responses": _responses(_ref("Alert")),
            }
        }
    return paths


def _get(summary: str, schema: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"get": {"summary": summary, "parameters": parameters, "responses": _responses(schema)}}


def _responses(schema: dict[str, Any]) -> dict[str, Any]:
    problem = {"description": "What is wrong", "content": {"application/problem+json": {"schema": _ref("Problem")}}}
    good = {"description": "Good", "content": {"application/json": {"schema": schema}}}
    return {"200": good, "default": problem}


def _cap() -> dict[str, Any]:
    responses = _responses({})
    responses["200"]["content"] = {"application/cap+xml": {"schema": {"type": "string"}}}
    number = {**_parameter("number", "path", {"type": "integer", "minimum": 1}), "required": True}
    return {"get": {"summary": "One CAP 1.2 message", "parameters": [_path("id"), number], "responses": responses}}


def _items(name: str) -> dict[str, Any]:
    return {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": _ref(name)}}}


def _page(name: str) -> dict[str, Any]:
    properties = {"items": {"type": "array", "items": _ref(name)}, "next": {"type": ["string", "null"]}}
    return {"type": "object", "required": ["items", "next"], "properties": properties}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    properties = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text}
    return {"type": "object", "properties": properties}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str, where: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": schema}


def _path(name: str) -> dict[str, Any]:
    return {**_parameter(name, "path", {"type": "string"}), "required": True}
