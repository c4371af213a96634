"""Opening and closing the office's key from a desk; wrong phrases are journalled, and soon cost waiting."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.core.errors import NotAllowed
from kiosk.core.event import Lane
from kiosk.store.journal import record
from kiosk.web.counter.refusals import journal_refusal
from kiosk.web.inbox.mount import blueprint, officer
from kiosk.web.office import office


@blueprint.post("/buka")
def unlock() -> Response:
    here, signed = office(), officer()
    here.phrases.take()
    try:
        here.office_key.unlock(request.form.get("phrase", ""), signed.csrf)
    except NotAllowed as error:
        flash(str(error))
        journal_refusal(here.store, signed.officer, signed.counter, "unlock", error.code)
    else:
        with here.store.write():
            record(here.store, Lane.SERVICE, "office.unlocked", {"officer": signed.officer})
    return _back()


@blueprint.post("/kunci")
def lock() -> Response:
    office().office_key.lock(officer().csrf)
    return _back()


def _back() -> Response:
    """To the page that the form stood on; only ever to one of this slice."""
    kind, case_id = request.form.get("kind", ""), request.form.get("id", "")[:64]
    if kind in ("permohonan", "aduan") and case_id:
        return redirect(url_for("inbox.case", kind=kind, case_id=case_id), 303)
    return redirect(url_for("inbox.listed", kind=kind if kind in ("permohonan", "aduan") else "permohonan"), 303)
