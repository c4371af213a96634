"""The ladder as a document: what no single value of it can break alone, and the two promises that are not data.

A ladder that cannot be used must never take the siren's place: `ladder_in_force` falls back (`document_toml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiosk.core.document import Document
from kiosk.core.document_toml import Fault, InForce, in_force, read_toml
from kiosk.core.ladder import DEFAULT_LADDER, Act, Ladder, international

LADDER_DOCUMENT = "ladder"  # its name among the central's documents


def ladder_in_force(documents: Iterable[Document | None]) -> InForce[Ladder]:
    """The first of `documents` (the current one, then the previous) that is a good ladder, else the default."""
    return in_force(documents, read_ladder, DEFAULT_LADDER)


def read_ladder(body: bytes, name: str = LADDER_DOCUMENT) -> Ladder:
    """The ladder that `body` holds; `name` is what errors call it. Raises BadToml with key and line."""
    return read_toml(body, name, Ladder, ladder_faults)


def ladder_faults(ladder: Ladder) -> Iterator[Fault]:
    """What is wrong between its values, with places such as ("rungs", 2, "after_s")."""
    yield from _contact_faults(ladder)
    yield from _rung_faults(ladder)
    yield from _promise_faults(ladder)


def _contact_faults(ladder: Ladder) -> Iterator[Fault]:
    ids, numbers = set[str](), set[str]()
    for at, contact in enumerate(ladder.contacts):
        number = international(contact.number)
        if contact.id in ids:
            yield ("contacts", at, "id"), f"{contact.id} sudah dipakai kontak di atas: beri yang lain"
        if not number:
            yield ("contacts", at, "number"), f"{contact.number!r} bukan nomor telepon: tulis seperti +6281210001000"
        elif number in numbers:
            yield ("contacts", at, "number"), f"{contact.number} sudah dipakai kontak di atas: satu orang cukup sekali"
        ids.add(contact.id)
        numbers.add(number)


def _rung_faults(ladder: Ladder) -> Iterator[Fault]:
    acts, roles = set[Act](), set[str]()
    before_s = -1
    for at, rung in enumerate(ladder.rungs):
        if rung.after_s <= before_s:
            yield ("rungs", at, "after_s"), f"{rung.after_s} tidak sesudah anak tangga sebelumnya ({before_s})"
        before_s = rung.after_s
        if not rung.do and not rung.sms:
            yield ("rungs", at), "anak tangga ini tidak melakukan apa pun: isi do atau sms"
        for index, act in enumerate(rung.do):
            if act in acts:
                yield ("rungs", at, "do", index), f"{act.value} sudah ada di atas: setiap tindakan cukup sekali"
            acts.add(act)
        for index, role in enumerate(rung.sms):
            if role in roles:
                yield ("rungs", at, "sms", index), f"peran {role} sudah dikabari di atas: setiap peran cukup sekali"
            elif not ladder.with_role(role):
                yield ("rungs", at, "sms", index), f"tidak ada kontak dengan peran {role}"
            roles.add(role)


def _promise_faults(ladder: Ladder) -> Iterator[Fault]:
    first, last = ladder.rungs[0], len(ladder.rungs) - 1
    if first.after_s != 0 or Act.MQTT not in first.do or first.unless != "answered":
        yield ("rungs", 0), "anak tangga pertama harus after_s = 0 dan memuat mqtt: posko selalu dikabari seketika"
    if Act.UNANSWERED not in ladder.rungs[last].do or ladder.rungs[last].unless != "answered":
        yield ("rungs", last), "anak tangga terakhir harus memuat unanswered, paling lama 100 detik sesudah ditekan"
    for at, rung in enumerate(ladder.rungs[:last]):
        if Act.UNANSWERED in rung.do:
            yield ("rungs", at, "do"), "unanswered hanya boleh di anak tangga terakhir"
