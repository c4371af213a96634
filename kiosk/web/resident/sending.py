"""From a filled form to a committed case: sealed first, stored second, and the same key is the same case.

Here what was typed leaves the memory of this process for the last time, as an envelope. The receipt goes to the printer
as values, in the same transaction, and holds nothing of it.
"""

from __future__ import annotations

from functools import partial

from kiosk.catalogue.complaints import IDENTITY, NAMED, TOPIC
from kiosk.catalogue.forms import asked
from kiosk.core.clock import iso
from kiosk.core.complaint import ComplaintKind
from kiosk.core.errors import BadInput
from kiosk.printing.slip import queued
from kiosk.sealing.content import Content, content_bytes
from kiosk.sealing.envelope import seal
from kiosk.store.complaints import HOUR_MS, file_complaint
from kiosk.store.requests import submit
from kiosk.store.slips import waiting_slip
from kiosk.store.submissions import Slip, Submission, submitted_with
from kiosk.web.drafts import Draft
from kiosk.web.office import Office
from kiosk.web.slip import complaint_receipt, request_receipt


def hand_in(here: Office, draft_name: str, key: str, language: str) -> Submission:
    """Commits the case of a draft; returns after it is on disk.

    Raises DraftGone when there is neither a draft nor a case of this key, BadInput for an unanswered question, and
    StoreError (NoRoom) with the draft untouched, so that the resident can try again.
    """
    if key and (known := submitted_with(here.store, key)) is not None:
        return known
    draft = here.drafts.get(draft_name)
    if draft.key != key:
        raise BadInput("Halaman ini sudah lama. Periksa jawaban Anda sekali lagi, lalu tekan Kirim.")
    send = _request if draft.kind == "request" else _complaint
    submission = send(here, draft, language)
    if here.prints:
        here.printer_bell.ring()
    return submission


def _request(here: Office, draft: Draft, language: str) -> Submission:
    service = here.catalogue.service(draft.subject)
    ids = [one.id for one in asked(here.catalogue.form(service), draft.answers)]
    envelope = partial(_envelope, here, _content(here, draft, ids, language))

    def slip(submission: Submission, at_ms: int) -> bytes:
        receipt = request_receipt(here.settings, service, submission.track, at_ms, language)
        return waiting_slip(queued(receipt))

    return submit(here.store, service.id, envelope, draft.key, here.utc_offset_h, _if_printed(here, slip))


def _complaint(here: Office, draft: Draft, language: str) -> Submission:
    way = here.complaints.way(draft.subject)
    ids = [one.id for one in asked(way.questions, draft.answers)]
    envelope = partial(_envelope, here, _content(here, draft, ids, language))
    anonymous = draft.answers.get(IDENTITY) != NAMED
    promise_h = here.settings.site.complaint_promise_h

    def slip(submission: Submission, at_ms: int) -> bytes:
        name, due_ms = way.name.in_(language), at_ms + promise_h * HOUR_MS
        return waiting_slip(
            queued(complaint_receipt(here.settings, name, submission.track, at_ms, due_ms, anonymous, language))
        )

    return file_complaint(
        here.store,
        ComplaintKind(way.id),
        draft.answers[TOPIC],
        anonymous,
        envelope,
        draft.key,
        promise_h,
        here.utc_offset_h,
        _if_printed(here, slip),
    )


def _if_printed(here: Office, slip: Slip) -> Slip | None:
    return slip if here.prints else None


def _content(here: Office, draft: Draft, ids: list[str], language: str) -> bytes:
    """Only what was asked in the end: a name typed before somebody chose to stay anonymous is not in it."""
    missing = [id_ for id_ in ids if id_ not in draft.answers and id_ not in draft.skipped]
    if missing:
        raise BadInput("Masih ada yang belum dijawab. Periksa jawaban Anda, lalu tekan Kirim.")
    return content_bytes(
        Content(
            subject=draft.subject,
            answers={id_: draft.answers[id_] for id_ in ids if id_ in draft.answers},
            skipped=tuple(sorted(draft.skipped & set(ids))),
            language=language,
            agreed=iso(here.store.now().wall_ms, here.utc_offset_h),
        )
    )


def _envelope(here: Office, content: bytes, case: str) -> bytes:
    return seal(content, case, here.recipients())
