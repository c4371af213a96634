"""The receipt of a request or a complaint: its code, what happens next, and the truth about how far it has got."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from kiosk.core.clock import local_time
from kiosk.core.errors import NotFound
from kiosk.core.event import Lane
from kiosk.http.body import json_answer
from kiosk.store.complaints import find_complaint
from kiosk.store.outbox import backlogs
from kiosk.store.requests import find_request
from kiosk.store.submissions import Submission, submitted_with
from kiosk.web.dates import moment_in_words
from kiosk.web.office import Office, office
from kiosk.web.qr import qr_picture
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.paper import paper
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import visit
from kiosk.web.slip import track_url


@blueprint.get("/tanda-terima")
def receipt() -> str | Response:
    here, seen = office(), visit()
    submission = _submitted()
    if submission is None:
        return redirect(url_for("resident.home"), 303)
    say = speaker(seen.language)
    if submission.kind == "request":
        found, _ = find_request(here.store, submission.case_id)
        service = here.catalogue.service(found.service)
        title, due = service.name.in_(seen.language), ""
        next_step = service.completion.in_(seen.language)
    else:
        complaint = find_complaint(here.store, submission.case_id)
        title = here.complaints.way(complaint.kind).name.in_(seen.language)
        due = moment_in_words(local_time(complaint.due_ms, here.utc_offset_h), seen.language)
        next_step = say("complaint_promise", due=due)
    return page(
        "receipt",
        kind=submission.kind,
        title=title,
        track=submission.track,
        qr=qr_picture(track_url(here.settings, submission.track), say("qr_label_case")),
        next_step=next_step,
        on_its_way=_on_its_way(here, submission),
        arrived=is_at_central(here),
        paper=paper(submission.case_id, seen.language, "receipt"),
    )


@blueprint.get("/tanda-terima/keadaan")
def receipt_state() -> tuple[bytes, int, dict[str, str]]:
    """What may change while the page is looked at: the way to the central, and paper."""
    submission = _submitted()
    if submission is None:
        raise NotFound("Layar sudah dikosongkan.")
    told = paper(submission.case_id, visit().language, "receipt")
    return json_answer({"on_its_way": _on_its_way(office(), submission), "paper": told})


def _submitted() -> Submission | None:
    key = visit().receipt
    return submitted_with(office().store, key) if key else None


def _on_its_way(here: Office, submission: Submission) -> str:
    say = speaker(visit().language)
    return say("case_at_central" if is_at_central(here) else "case_stored", code=submission.track)


def is_at_central(here: Office) -> bool:
    """Whether the central has acknowledged everything of the service lane, this case among it."""
    return backlogs(here.store)[Lane.SERVICE].waiting == 0
