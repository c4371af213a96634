"""Which CAP messages an alert has given so far, and what each says. Pure.

One message for every step that changes what an outsider should do: the alert, an acknowledgement by a named human,
updates (nobody answered, unit sent, unit there), and a cancel when the site asks for one and when the post closes. A
cancel of the site alone does not end the alert, and its note says so. Steps are only ever added, so a message keeps its
number, and asked for twice it is the same.

Everything is Private: a person's cry for help is for those it is addressed to. A silent alert names no telephone and
says not to call. What was pressed is Likely until the post has closed it; nobody saw more than a button.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from kiosk.core.alert import CONTACT_ID, AlertAction, AlertCode, AlertState
from kiosk.core.contact_id import MANUAL_TEST
from sync.central.store import AlertStep, AlertView, CloseReason
from sync.central.store.values import CLOSE_REASON_WORDS

SILENT_INSTRUCTION = "Jangan menelepon ke lokasi dan jangan membunyikan sirene saat mendekat."
RADIUS_KM = 0.05  # a kiosk stands in one house
_CATEGORY = {
    AlertCode.MEDICAL: "Health",
    AlertCode.FIRE: "Fire",
    AlertCode.CRIME: "Security",
    AlertCode.SILENT: "Security",
}
_CERTAINTY = {CloseReason.TRUE: "Observed", CloseReason.FALSE: "Unlikely", CloseReason.MISTAKEN: "Unlikely"}


class Kind(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"


class Post(msgspec.Struct, frozen=True):
    """Who sends: `sender` is unique in the world and has no blanks; `name` is the post, and whom it is addressed to."""

    sender: str
    name: str


class Info(msgspec.Struct, frozen=True):
    """What is said of the event itself; None where a message only acknowledges."""

    category: str
    event: str
    response: str
    urgency: str
    certainty: str
    event_code: int | None
    onset_ms: int
    headline: str
    description: str
    instruction: str
    contact: str


class CapMessage(msgspec.Struct, frozen=True):
    """One message. `references` are the messages that it is about, as (identifier, sent) of the same sender."""

    number: int
    identifier: str
    sender: str
    sent_ms: int
    is_exercise: bool
    kind: Kind
    addressee: str
    note: str
    references: tuple[tuple[str, int], ...]
    incident: str
    info: Info | None
    view: AlertView


def cap_messages(view: AlertView, post: Post) -> tuple[CapMessage, ...]:
    """In the order in which the post learned of them; the first is the alert itself."""
    made: list[CapMessage] = []
    first_answer = True
    for step in view.steps:
        kind = _kind(step, first_answer)
        if kind is not None:
            first_answer = first_answer and kind is not Kind.ACK
            made.append(_message(view, post, step, kind, made))
    return tuple(made)


def _kind(step: AlertStep, first_answer: bool) -> Kind | None:
    match step.action:
        case "receive":
            return Kind.ALERT
        case AlertAction.DISPATCH | AlertAction.ARRIVE:
            return Kind.UPDATE
        case AlertAction.CANCEL | AlertAction.CLOSE:
            return Kind.CANCEL
        case AlertAction.ACKNOWLEDGE:
            return Kind.ACK
        case "evidence" if step.state == AlertState.UNANSWERED and "level" not in step.detail:
            return Kind.UPDATE
        case "evidence" if first_answer and step.is_contacts_answer:
            return Kind.ACK
    return None


def _message(view: AlertView, post: Post, step: AlertStep, kind: Kind, before: Sequence[CapMessage]) -> CapMessage:
    number = len(before) + 1
    about = [one for one in before if one.kind is Kind.ALERT or (kind is not Kind.ACK and one.kind is Kind.UPDATE)]
    at_ms = view.received_ms if kind is Kind.ALERT else step.at_ms
    return CapMessage(
        number=number,
        identifier=f"{view.id}.{number}",
        sender=post.sender,
        sent_ms=max([at_ms, *(one.sent_ms for one in before)]),  # a kiosk's clock may lag: no message before its cause
        is_exercise=view.drill,
        kind=kind,
        addressee=post.name,
        note=_note(step),
        references=tuple((one.identifier, one.sent_ms) for one in about),
        incident=view.id,
        info=None if kind is Kind.ACK else _info(view, step),
        view=view,
    )


def _note(step: AlertStep) -> str:
    match step.action:
        case AlertAction.ACKNOWLEDGE | "evidence" if step.person:
            return f"Diterima oleh {step.person} ({step.path})"
        case "evidence":
            return "Belum ada yang menjawab"
        case AlertAction.CANCEL:
            return "Dibatalkan di tempat; posko tetap memeriksa sampai ditutup"
        case AlertAction.DISPATCH:
            return f"{step.detail.get('unit')} menuju lokasi, perkiraan {step.detail.get('minutes')} menit"
        case AlertAction.ARRIVE:
            return "Petugas sudah tiba"
        case AlertAction.CLOSE:
            return f"Ditutup oleh {step.person}: {_reason_words(step)}"
    return ""


def _reason(step: AlertStep) -> CloseReason | None:
    said = step.detail.get("reason")
    return CloseReason(said) if isinstance(said, str) and said in set(CloseReason) else None


def _reason_words(step: AlertStep) -> str:
    reason = _reason(step)
    return CLOSE_REASON_WORDS[reason] if reason is not None else "selesai"


def _info(view: AlertView, step: AlertStep) -> Info:
    code = AlertCode(view.code) if view.code in set(AlertCode) else None
    reason, is_over = _reason(step), step.action == AlertAction.CLOSE
    exercise = "LATIHAN: " if view.drill else ""
    return Info(
        category=_CATEGORY.get(code, "Safety") if code else "Safety",
        event=view.words,
        response="AllClear" if is_over else "Assess",
        urgency="Past" if is_over else "Immediate",
        certainty=_CERTAINTY.get(reason, "Unknown") if reason is not None else "Likely",
        event_code=MANUAL_TEST if view.drill else CONTACT_ID.get(code) if code else None,
        onset_ms=view.pressed_ms,
        headline=f"{exercise}{view.words}, {view.site.name}",
        description=_note(step) or f"Ditekan {view.presses} kali",
        instruction=SILENT_INSTRUCTION if view.is_silent else "",
        contact="" if view.is_silent else view.site.contact,
    )
