"""The receipt of a request or a complaint: its code, what happens next, and the truth about how far it has got."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from kiosk.core.clock import local_time
from kiosk.core.event import Lane
from kiosk.store.complaints import find_complaint
from kiosk.store.outbox import backlogs
from kiosk.store.requests import find_request
from kiosk.store.submissions import submitted_with
from kiosk.web.dates import moment_in_words
from kiosk.web.office import Office, office
from kiosk.web.qr import qr_picture
from kiosk.web.resident.frame import page
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import speaker
from kiosk.web.resident.visit import visit
from kiosk.web.slip import track_url


@blueprint.get("/tanda-terima")
def receipt() -> str | Response:
    here, seen = office(), visit()
    submission = submitted_with(here.store, seen.receipt) if seen.receipt else None
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
        on_its_way=say("case_at_central" if is_at_central(here) else "case_stored", code=submission.track),
        arrived=is_at_central(here),
    )


def is_at_central(here: Office) -> bool:
    """Whether the central has acknowledged everything of the service lane, this case among it."""
    return backlogs(here.store)[Lane.SERVICE].waiting == 0
