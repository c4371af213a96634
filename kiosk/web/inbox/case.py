"""One case: what was written, how far it is, and what an officer may do next, safe against a page that is out of date.

Each reading is journalled by case and officer. What an officer writes to a resident is shown to whoever holds the code
and stays in the case's row; it never enters the journal.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

import msgspec
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.complaint import COMPLAINT_STATE_WORDS, COMPLAINT_STEPS, ComplaintAction, ComplaintState
from kiosk.core.errors import BadInput, Conflict, NotAllowed
from kiosk.core.request import REQUEST_STATE_WORDS, REQUEST_STEPS, RequestAction, RequestState
from kiosk.sealing.content import Content
from kiosk.store.complaints import advance_complaint, find_complaint
from kiosk.store.inbox import note_reading
from kiosk.store.requests import advance_request, find_request
from kiosk.web.counter.refusals import journal_refusal
from kiosk.web.counter.session import Signed
from kiosk.web.dates import moment_in_words
from kiosk.web.inbox.listing import came_in_words, promise_in_words
from kiosk.web.inbox.mount import blueprint, officer
from kiosk.web.inbox.reading import content_of, lines_of
from kiosk.web.office import Office, office

NOTE_LIMIT = 300


class Act(msgspec.Struct, frozen=True):
    """What an officer may do: its words, its sign, and whether the resident must be told why or what."""

    words: str
    sign: str
    tells: bool = False


ACTS: dict[str, Act] = {
    RequestAction.CHECK: Act("Mulai periksa", "search"),
    RequestAction.ASK: Act("Minta kelengkapan", "help", tells=True),
    RequestAction.COMPLETE: Act("Sudah lengkap", "check"),
    RequestAction.PASS: Act("Syarat benar, minta tanda tangan", "pencil"),
    RequestAction.SIGN: Act("Sudah ditandatangani", "check"),
    RequestAction.COLLECT: Act("Sudah diambil", "hand"),
    RequestAction.CANCEL: Act("Batalkan", "close", tells=True),
    RequestAction.REFUSE: Act("Tolak", "close", tells=True),
    ComplaintAction.FORWARD: Act("Teruskan", "forward"),
    ComplaintAction.WORK: Act("Tangani", "hand"),
    ComplaintAction.ANSWER: Act("Jawab pelapor", "megaphone", tells=True),
    ComplaintAction.REOPEN: Act("Buka lagi", "repeat"),
    ComplaintAction.CLOSE: Act("Selesai", "check"),
}  # `refuse` is one word and one rule for both kinds


class Shown(msgspec.Struct, frozen=True):
    """A case as its page shows it. `possible`: actions that the table allows now."""

    name: str
    state: str
    state_words: str
    came: str
    note: str
    possible: tuple[str, ...]
    clock: str = ""
    is_overdue: bool = False
    is_anonymous: bool = False


@blueprint.get("/<any(permohonan, aduan):kind>/<case_id>")
def case(kind: str, case_id: str) -> str:
    here, signed = office(), officer()
    shown = _shown(here, signed, kind, case_id)
    content = content_of(here, kind, case_id, signed.csrf)
    if isinstance(content, Content):
        note_reading(here.store, kind, case_id, signed.officer)
    return render_template(
        "inbox/case.html",
        site=here.settings.site,
        signed=signed,
        kind=kind,
        id=case_id,
        case=shown,
        acts=[(name, ACTS[name]) for name in shown.possible],
        lines=lines_of(here, kind, content) if isinstance(content, Content) else [],
        agreed=_agreed(content) if isinstance(content, Content) else "",
        closed=content if isinstance(content, str) else "",
        unlocked=here.office_key.is_held(signed.csrf),
        has_key=here.office_key.exists,
        note_limit=NOTE_LIMIT,
    )


@blueprint.post("/<any(permohonan, aduan):kind>/<case_id>/<action>")
def act(kind: str, case_id: str, action: str) -> Response:
    """One step. `seen` is the state that the page showed; another one now means that somebody was faster."""
    here, signed = office(), officer()
    back = redirect(url_for("inbox.case", kind=kind, case_id=case_id), 303)
    shown = _shown(here, signed, kind, case_id)
    try:
        if request.form.get("seen") != shown.state:
            raise Conflict("Keadaan sudah berubah sejak halaman ini dibuka; tidak ada yang dilakukan.")
        if action not in shown.possible:
            raise Conflict(f"Langkah itu tidak ada untuk keadaan “{shown.state_words}”.")
        note = _note(request.form.get("note", ""), ACTS[action])
        if kind == "permohonan":
            advance_request(here.store, case_id, RequestAction(action), signed.officer, note)
        else:
            advance_complaint(here.store, case_id, ComplaintAction(action), signed.officer, note)
    except (BadInput, Conflict) as error:
        flash(str(error))
        journal_refusal(here.store, signed.officer, signed.counter, f"case-{action}"[:40], error.code)
    return back


def _agreed(content: Content) -> str:
    """The moment as the desk writes moments; what another release has written is shown as it came."""
    try:
        return moment_in_words(datetime.fromisoformat(content.agreed), "id")
    except ValueError:
        return content.agreed


def _note(typed: str, wanted: Act) -> str:
    """What the resident will read, on one line. Raises BadInput."""
    note = " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in typed).split())
    if wanted.tells and not note:
        raise BadInput("Tuliskan dulu apa yang dibaca warga saat melacak, misalnya apa yang kurang atau jawabannya.")
    if len(note) > NOTE_LIMIT:
        raise BadInput(f"Pesan untuk warga paling banyak {NOTE_LIMIT} huruf.")
    return note


def _shown(here: Office, signed: Signed, kind: str, case_id: str) -> Shown:
    """Raises NotFound, or NotAllowed for a request of another agency."""
    if kind == "permohonan":
        found, note = find_request(here.store, case_id)
        if found.service not in here.desk(signed.counter, signed.officer).reachable:
            raise NotAllowed("Permohonan ini ditangani instansi lain.")
        return Shown(
            here.catalogue.service(found.service).name.id,
            found.state,
            REQUEST_STATE_WORDS[found.state],
            came_in_words(here, found.submitted_ms),
            note,
            tuple(action for (state, action) in REQUEST_STEPS if state == RequestState(found.state)),
        )
    one, now_ms = find_complaint(here.store, case_id), here.store.now().wall_ms
    return Shown(
        here.complaints.way(one.kind).name.id,
        one.state,
        COMPLAINT_STATE_WORDS[one.state],
        came_in_words(here, one.filed_ms),
        one.note,
        tuple(action for (state, action) in COMPLAINT_STEPS if state == ComplaintState(one.state)),
        promise_in_words(one, now_ms),
        one.is_overdue(now_ms),
        one.anonymous,
    )
