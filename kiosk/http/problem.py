"""Errors as words: RFC 9457 problem+json for programs, a plain page for people.

An error of our tree says itself what is wrong; anything else is logged with its trace and answered without detail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec
from flask import Flask, Response, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from kiosk.core.errors import KentonganError

log = logging.getLogger(__name__)

_WORDS = {
    400: "Permintaan tidak dapat dibaca.",
    403: "Tidak diizinkan.",
    404: "Alamat ini tidak ada.",
    405: "Alamat ini tidak menerima cara itu.",
    413: "Isi permintaan terlalu besar.",
    415: "Kirim isi sebagai JSON (Content-Type: application/json).",
    429: "Terlalu banyak permintaan. Tunggu sebentar.",
    500: "Ada yang salah di mesin ini. Tidak ada data yang hilang.",
    503: "Layanan ini sedang sibuk. Tunggu sebentar.",
}

Page = Callable[[int, str], str]


def _plain_page(status: int, words: str) -> str:
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><title>Kentongan</title>'
        f"<h1>{escape(words)}</h1><p><a href='/'>Kembali ke awal</a> ({status})</p></html>"
    )


def problem(status: int, code: str, detail: str) -> Response:
    """One problem+json answer."""
    body = {"type": f"urn:kentongan:{code}", "title": _WORDS.get(status, detail), "status": status, "detail": detail}
    return Response(msgspec.json.encode(body), status, content_type="application/problem+json")


def wants_json() -> bool:
    """Whether whoever asked is a program: an API path, a JSON body, or it prefers JSON over HTML."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return "/api/" in request.path or request.is_json or best == "application/json"


def install(app: Flask, page: Page = _plain_page) -> None:
    """Makes every error of the app an answer in words; `page` draws the one that people see."""

    def answer(status: int, code: str, words: str) -> Response:
        if wants_json():
            return problem(status, code, words)
        return Response(page(status, words), status, content_type="text/html; charset=utf-8")

    def ours(error: KentonganError) -> Response:
        if error.http_status >= 500:
            log.error("request failed", extra={"path": request.path, "error": str(error)})
        return answer(error.http_status, error.code, str(error))

    def of_http(error: HTTPException) -> Response | HTTPException:
        status = error.code or 500
        if status < 400:
            return error  # a redirect is an answer, not an error
        response = answer(status, f"http-{status}", _WORDS.get(status, error.name))
        for name, value in error.get_headers():
            if name.lower() in ("retry-after", "allow", "location"):
                response.headers[name] = value
        return response

    def unforeseen(error: Exception) -> Response:
        log.error("request crashed", exc_info=error, extra={"path": request.path})
        return answer(500, "crash", _WORDS[500])

    app.register_error_handler(KentonganError, ours)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, unforeseen)
