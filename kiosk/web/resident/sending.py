"""From a filled form to a committed case: sealed first, stored second, and the same key is the same case.

Here what was typed leaves the memory of this process for the last time, as an envelope.
"""

from __future__ import annotations

from functools import partial

import msgspec

from kiosk.catalogue.complaints import IDENTITY, NAMED, TOPIC
from kiosk.catalogue.forms import asked
from kiosk.core.clock import iso
from kiosk.core.complaint import ComplaintKind
from kiosk.core.errors import BadInput
from kiosk.core.event import canonical_json
from kiosk.sealing.envelope import seal
from kiosk.store.complaints import file_complaint
from kiosk.store.requests import submit
from kiosk.store.submissions import Submission, submitted_with
from kiosk.web.drafts import Draft
from kiosk.web.office import Office

CONTENT_VERSION = 1


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
    return _request(here, draft, language) if draft.kind == "request" else _complaint(here, draft, language)


def _request(here: Office, draft: Draft, language: str) -> Submission:
    service = here.catalogue.service(draft.subject)
    ids = [one.id for one in asked(here.catalogue.form(service), draft.answers)]
    envelope = partial(_envelope, here, _content(here, draft, ids, language))
    return submit(here.store, service.id, envelope, draft.key, here.utc_offset_h)


def _complaint(here: Office, draft: Draft, language: str) -> Submission:
    way = here.complaints.way(draft.subject)
    ids = [one.id for one in asked(way.questions, draft.answers)]
    envelope = partial(_envelope, here, _content(here, draft, ids, language))
    anonymous = draft.answers.get(IDENTITY) != NAMED
    return file_complaint(
        here.store,
        ComplaintKind(way.id),
        draft.answers[TOPIC],
        anonymous,
        envelope,
        draft.key,
        here.settings.site.complaint_promise_h,
        here.utc_offset_h,
    )


def _content(here: Office, draft: Draft, ids: list[str], language: str) -> bytes:
    """Only what was asked in the end: a name typed before somebody chose to stay anonymous is not in it."""
    missing = [id_ for id_ in ids if id_ not in draft.answers and id_ not in draft.skipped]
    if missing:
        raise BadInput("Masih ada yang belum dijawab. Periksa jawaban Anda, lalu tekan Kirim.")
    return canonical_json(
        {
            "version": CONTENT_VERSION,
            "subject": draft.subject,
            "answers": {id_: draft.answers[id_] for id_ in ids if id_ in draft.answers},
            "skipped": sorted(draft.skipped & set(ids)),
            "language": language,
            "agreed": iso(here.store.now().wall_ms, here.utc_offset_h),
        }
    )


def _envelope(here: Office, content: bytes, case: str) -> bytes:
    return seal(content, case, here.recipients())


class Content(msgspec.Struct, frozen=True):
    """What an office or the central reads after opening an envelope."""

    version: int
    subject: str
    answers: dict[str, str]
    skipped: tuple[str, ...]
    language: str
    agreed: str
