"""Survey answers on disk: one for a served ticket, and nothing that leads from an answer back to its ticket.

A ticket that has answered is remembered by a hash, in another table without a time; the answer has a random id, the day
and the service. So an officer who knows whose ticket it was still does not know what that person thought.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

import msgspec

from kiosk.core.errors import Conflict
from kiosk.core.event import Lane
from kiosk.core.survey import Index, complete, index
from kiosk.core.ticket import Ticket, TicketState
from kiosk.store.database import Store
from kiosk.store.journal import record


class NotServed(Conflict):
    """The survey is for those who were served; this ticket was not, or not yet."""

    code = "not-served"


class AnsweredBefore(Conflict):
    """This ticket has given its answer."""

    code = "answered-before"


def require_unanswered(store: Store, ticket: Ticket) -> None:
    """Raises NotServed or AnsweredBefore."""
    if ticket.state is not TicketState.SERVED:
        raise NotServed("Survei dibuka setelah nomor ini selesai dilayani.")
    if store.one("SELECT 1 FROM survey_ticket WHERE ticket_hash = ?", _hash(ticket)) is not None:
        raise AnsweredBefore("Nomor ini sudah mengisi survei. Terima kasih.")


def answer_survey(store: Store, ticket: Ticket, answers: Mapping[str, int]) -> None:
    """Commits one person's answers. Raises BadInput for answers that are not nine, NotServed or AnsweredBefore."""
    whole = complete(answers)
    with store.write():
        require_unanswered(store, ticket)
        store.run("INSERT INTO survey_ticket (ticket_hash) VALUES (?)", _hash(ticket))
        store.run(
            "INSERT INTO survey_answer (id, day, service, answers) VALUES (?, ?, ?, ?)",
            *(str(uuid.uuid4()), ticket.day, ticket.service, msgspec.json.encode(whole).decode()),
        )
        body = {"day": ticket.day, "service": ticket.service, "answers": whole}
        record(store, Lane.SERVICE, "survey.answered", body)


def survey_index(store: Store, since_day: str = "", until_day: str = "9999-12-31") -> Index | None:
    """The IKM over the answers of some days; None while nobody has answered."""
    rows = store.all("SELECT answers FROM survey_answer WHERE day BETWEEN ? AND ?", since_day, until_day)
    return index(msgspec.json.decode(row[0], type=dict[str, int]) for row in rows)


def _hash(ticket: Ticket) -> bytes:
    return hashlib.sha256(b"kentongan survey 1:" + ticket.id.encode()).digest()
