"""Tracking from home: whoever holds a code sees how far the ticket or request is, and nothing personal.

No sign-in, nothing kept, nothing indexed. Lookups are limited per address; a code that cannot be one of ours costs no
lookup. The same words answer an unknown code and one whose kiosk has not reached us yet, because we can't tell them
apart.
"""

from __future__ import annotations

from datetime import date

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.errors import BadInput, NotFound
from kiosk.core.ids import track_hash
from kiosk.core.request import RequestState
from kiosk.core.ticket import TicketState
from sync.central.access import Policy, policy
from sync.central.store import CentralStore, TrackView
from sync.central.web import words
from sync.central.web.rate import Rate

_TONES: dict[str, str] = {
    **{TicketState.WAITING: "waiting", TicketState.HELD: "waiting", TicketState.CALLED: "ok"},
    **{TicketState.BOOKED: "waiting"},
    **{TicketState.NO_SHOW: "waiting", RequestState.INCOMPLETE: "waiting", RequestState.READY: "ok"},
    **{RequestState.REFUSED: "waiting", RequestState.SIGNING: "waiting", RequestState.CHECKING: "waiting"},
}
_NEXT: dict[str, str] = {
    TicketState.WAITING: "Tunggu nomor Anda dipanggil. Dengarkan panggilan atau lihat papan.",
    TicketState.CALLED: "Nomor Anda sedang dipanggil. Datanglah ke loket sekarang.",
    TicketState.SERVING: "Anda sedang dilayani di loket.",
    TicketState.HELD: "Nomor Anda ditunda. Petugas akan memanggil lagi.",
    TicketState.BOOKED: "Nomor Anda masuk antrean pada jam janji temu. Datanglah sebelum jam itu.",
    TicketState.SERVED: "Selesai. Terima kasih.",
    TicketState.NO_SHOW: "Nomor Anda sudah dipanggil dan terlewat. Lapor ke petugas loket, nomor masih dapat dipakai.",
    TicketState.ENDED: "Loket sudah tutup. Ambil nomor baru pada hari kerja berikutnya.",
    RequestState.SUBMITTED: "Petugas akan memeriksa permohonan Anda.",
    RequestState.INCOMPLETE: "Ada syarat yang kurang. Hubungi petugas di kantor.",
    RequestState.CHECKING: "Petugas sedang memeriksa syarat.",
    RequestState.SIGNING: "Surat menunggu tanda tangan.",
    RequestState.READY: "Surat dapat diambil di kantor. Bawa KTP asli dan kode ini.",
    RequestState.COLLECTED: "Surat sudah diambil. Selesai.",
    RequestState.CANCELLED: "Permohonan dibatalkan.",
    RequestState.REFUSED: "Permohonan ditolak. Tanyakan alasannya kepada petugas.",
}


class Tracked(msgspec.Struct, frozen=True):
    """What the page says about one code."""

    view: TrackView
    code: str
    state: str
    english: str
    tone: str
    next: str
    day: str


def blueprint(store: CentralStore) -> Blueprint:
    pages = Blueprint("tracking", __name__)
    rate = Rate(burst=12, per_s=60)

    def form(said: str = "", code: str = "", status: int = 200) -> ResponseReturnValue:
        return render_template("tracking/form.html", said=said, code=code[:20]), status

    @pages.get("/lacak/")
    @policy(Policy.PUBLIC)
    def ask() -> ResponseReturnValue:
        code = request.args.get("code", "").strip()
        return redirect(url_for("tracking.answer", code=code[:40]), 303) if code.strip("/.") else form()

    @pages.get("/lacak/<code>")
    @policy(Policy.PUBLIC)
    def answer(code: str) -> ResponseReturnValue:
        try:
            hashed = track_hash(code)
        except BadInput as error:
            return form(str(error), code, 404)
        rate.take(request.remote_addr or "", store.now_ms() / 1000)
        try:
            view = store.track(hashed)
        except NotFound as error:
            return form(str(error), code, 404)
        return render_template("tracking/found.html", found=_tracked(view, code), now_ms=store.now_ms())

    return pages


def _tracked(view: TrackView, code: str) -> Tracked:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    state = words.ticket_state(view.state) if view.kind == "ticket" else words.request_state(view.state)
    return Tracked(
        view=view,
        code="-".join(letters[at : at + 3] for at in range(0, len(letters), 3)),
        state=state[:1].upper() + state[1:],
        english=words.english(view.state),
        tone=_TONES.get(view.state, "ok"),
        next=_NEXT.get(view.state, ""),
        day="" if view.day is None else words.day(date.fromisoformat(view.day)),
    )
