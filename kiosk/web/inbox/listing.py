"""The lists: what waits, in the order in which somebody waits for it; nobody's name in full, and none while locked."""

from __future__ import annotations

import msgspec
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.clock import local_time
from kiosk.core.complaint import COMPLAINT_STATE_WORDS, Complaint
from kiosk.core.errors import BadInput, NotFound
from kiosk.core.ids import track_hash
from kiosk.core.request import REQUEST_STATE_WORDS, ServiceRequest
from kiosk.sealing.content import Content
from kiosk.store.inbox import PAGE, complaints_page, requests_page, waiting_cases
from kiosk.store.submissions import find_case
from kiosk.web.dates import moment_in_words
from kiosk.web.inbox.mount import blueprint, officer
from kiosk.web.inbox.reading import content_of, masked
from kiosk.web.office import Office, office

_WAYS = {"request": "permohonan", "complaint": "aduan"}


class Row(msgspec.Struct, frozen=True):
    """One case of the list. `clock` says of a complaint how its promise stands."""

    id: str
    name: str
    state: str
    tone: str
    came: str
    whose: str
    clock: str = ""
    is_overdue: bool = False


@blueprint.get("/")
def start() -> Response:
    return redirect(url_for("inbox.listed", kind="permohonan"), 303)


@blueprint.get("/<any(permohonan, aduan):kind>/")
def listed(kind: str) -> str:
    here, signed = office(), officer()
    ended = request.args.get("selesai") == "ya"
    number = max(1, request.args.get("halaman", 1, type=int))
    if kind == "permohonan":
        services = here.desk(signed.counter, signed.officer).reachable
        rows = [_request(here, one, signed.csrf) for one in requests_page(here.store, services, ended, number)]
    else:
        rows = [_complaint(here, one, signed.csrf) for one in complaints_page(here.store, ended, number)]
    return render_template(
        "inbox/list.html",
        site=here.settings.site,
        signed=signed,
        kind=kind,
        ended=ended,
        number=number,
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        waiting=waiting_cases(here.store),
        unlocked=here.office_key.is_held(signed.csrf),
        has_key=here.office_key.exists,
    )


@blueprint.post("/cari")
def search() -> Response:
    """By the code of a receipt, typed or scanned at the desk."""
    here = office()
    here.tracking.take()
    typed = request.form.get("code", "")[:300].strip().rstrip("/").rsplit("/", 1)[-1]
    try:
        kind, case_id = find_case(here.store, track_hash(typed))
        if kind not in _WAYS:
            raise NotFound("Kode itu milik nomor antrean, bukan permohonan atau aduan.")
    except (BadInput, NotFound) as error:
        flash(str(error))
        return redirect(url_for("inbox.listed", kind="permohonan"), 303)
    return redirect(url_for("inbox.case", kind=_WAYS[kind], case_id=case_id), 303)


def _request(here: Office, one: ServiceRequest, holder: str) -> Row:
    return Row(
        id=one.id,
        name=here.catalogue.service(one.service).name.id,
        state=REQUEST_STATE_WORDS[one.state],
        tone="waiting" if one.state in ("submitted", "incomplete") else "ok",
        came=came_in_words(here, one.submitted_ms),
        whose=_whose(here, "permohonan", one.id, holder),
    )


def _complaint(here: Office, one: Complaint, holder: str) -> Row:
    way, now_ms = here.complaints.way(one.kind), here.store.now().wall_ms
    topic = next((question.option(one.topic) for question in way.questions if question.id == "topik"), None)
    return Row(
        id=one.id,
        name=f"{way.name.id}: {topic.label.id if topic else one.topic}",
        state=COMPLAINT_STATE_WORDS[one.state],
        tone="ok" if one.answered_ms is not None else "waiting",
        came=came_in_words(here, one.filed_ms),
        whose="tanpa nama" if one.anonymous else _whose(here, "aduan", one.id, holder),
        clock=promise_in_words(one, now_ms),
        is_overdue=one.is_overdue(now_ms),
    )


def promise_in_words(one: Complaint, now_ms: int) -> str:
    """`sisa 5 jam`, `lewat 2 jam`; of one that was answered whether that was in time."""
    if one.answered_ms is not None:
        return "dijawab terlambat" if one.is_overdue(now_ms) else "dijawab tepat waktu"
    left_min = abs(one.due_ms - now_ms) // 60_000
    span = f"{left_min // 60} jam" if left_min >= 60 else f"{left_min} menit"
    return f"lewat {span}" if one.is_overdue(now_ms) else f"sisa {span}"


def came_in_words(here: Office, at_ms: int) -> str:
    return moment_in_words(local_time(at_ms, here.utc_offset_h), "id")


def _whose(here: Office, kind: str, case_id: str, holder: str) -> str:
    if not here.office_key.is_held(holder):
        return "terkunci"
    content = content_of(here, kind, case_id, holder)
    return masked(content) if isinstance(content, Content) else "tidak terbaca di sini"
