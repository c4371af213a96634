"""An officer's wish as it comes from a form or a program: checked once, with limits, before anything looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec

from kiosk.core.clock import local_time
from kiosk.core.decoding import converted
from kiosk.core.errors import BadInput

ANY = "*"
Short = Annotated[str, msgspec.Meta(max_length=64)]
_TIME = re.compile(r"([01]\d|2[0-3])[:.]([0-5]\d)\Z")


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an officer wants done. `ticket` is what their page showed at the counter, empty for nobody, left out for
    whoever it is; `target` is another number that the wish is about; the rest belongs to single wishes."""

    ticket: Short = ANY
    target: Short = ""
    service: Short = ""
    counter: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""
    reason: Annotated[str, msgspec.Meta(max_length=80)] = ""
    result: Short = "selesai"
    priority: Short = ""
    at: Annotated[str, msgspec.Meta(max_length=5)] = ""


def from_form(form: Mapping[str, str]) -> Asked:
    """A posted form. Raises BadInput; fields that a wish does not have are refused as a program's are."""
    fields: dict[str, object] = {
        name: value.strip() for name, value in form.items() if name not in ("csrf", "seen") and value.strip()
    }
    counter = fields.get("counter")
    if isinstance(counter, str):
        if not counter.isascii() or not counter.isdigit():
            raise BadInput("Pilih loket tujuan.")
        fields["counter"] = int(counter)
    try:
        return converted({**fields, "ticket": form.get("seen", ANY)}, Asked)
    except msgspec.ValidationError as error:
        raise BadInput(f"Isian tidak sesuai: {error}") from error


def today_at(text: str, now_ms: int, utc_offset_h: int) -> int:
    """`09.30` or `09:30` of today's date in Unix milliseconds. Raises BadInput."""
    found = _TIME.match(text)
    if found is None:
        raise BadInput("Tulis jam janji temu seperti 09.30.")
    now = local_time(now_ms, utc_offset_h)
    at = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return round(at.timestamp() * 1000)
