"""Every screen that a resident can come to, each made ready as a resident would have made it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from playwright.sync_api import APIRequestContext, BrowserContext

from kiosk.core.alert import AlertCode
from kiosk.core.channel import Channel, Entry, Section
from kiosk.core.document import DocumentHead, digest_of
from kiosk.store.alerts import raise_alert
from kiosk.store.database import Store
from kiosk.store.document_arrival import coming, complete, desire, put_piece
from kiosk.web.resident import speech

PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
).decode()
NIK = "3174051708580001"
ANSWERS = {"nik": NIK, "nama": "Raden Ajeng Siti Rahayu", "nama-usaha": "Warung Bu Sri", "jenis-usaha": "warung"}
Ready = Callable[["Visitor"], str]


class Visitor:
    """One resident's visit, made ready by requests that share the page's cookies."""

    def __init__(self, context: BrowserContext, store: Store) -> None:
        self.web: APIRequestContext = context.request
        self.store = store

    def post(self, path: str, **form: str) -> str:
        """Posts a form; gives the page that the redirect leads to."""
        fields: dict[str, str | float | bool] = dict(form)
        answer = self.web.post(f"/kiosk/{path}", form=fields)
        return answer.text()

    def begin(self, kind: str, subject: str) -> None:
        self.post("isi/mulai", kind=kind, subject=subject)

    def code(self, page: str) -> str:
        found = re.search(r'(?:class="code"|number--code"[^>]*)>([^<]+)<', page)
        assert found, page[:2_000]
        return found[1]

    def ticket(self) -> str:
        page = self.web.get("/kiosk/layanan/usaha-dan-penghasilan/usaha").text()
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key
        return self.code(self.post("nomor", service="usaha", key=key[1]))

    def review(self) -> str:
        self.begin("request", "usaha")
        for question, value in {**ANSWERS, "alamat-usaha": "Jl. Damai 7 RT 03/RW 02", "telepon": ""}.items():
            page = self.post(f"isi/{question}", answer=value)
        return page

    def request(self) -> str:
        key = re.search(r'name="key" value="([^"]+)"', self.review())
        assert key
        return self.code(self.post("isi/kirim", key=key[1]))

    def complaint(self) -> str:
        self.begin("complaint", "aduan")
        for question, value in {
            "topik": "jalan",
            "isi": "Jalan berlubang",
            "lokasi": "",
            "identitas": "tanpa-nama",
        }.items():
            page = self.post(f"isi/{question}", answer=value)
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key
        return self.code(self.post("isi/kirim", key=key[1]))

    def found(self, code: str) -> str:
        self.post("lacak", code=code)
        return "lacak/hasil"

    def asked(self, question: str, **wrong: str) -> str:
        self.begin("request", "izin-keramaian")
        if wrong:
            self.post(f"isi/{question}", **wrong)
        return f"isi/{question}"

    def surveyed(self) -> str:
        code = self.ticket()
        with self.store.write():
            self.store.run("UPDATE ticket SET state = 'served'")
        self.post("survei/", code=code)
        return "survei/1"

    def wrong_code(self) -> str:
        self.post("lacak", code="K7F-234-QX3")
        return "lacak"

    def channel(self) -> str:
        publish(self.store)
        return "info/saluran/news/0"

    def complained(self, question: str) -> str:
        self.begin("complaint", "siskamling")
        return f"isi/{question}"

    def moved_on(self) -> str:
        self.post("darurat/lanjut", to="help")
        return "bantuan"

    def alarmed(self, path: str) -> str:
        raise_alert(self.store, AlertCode.FIRE, "screen")
        return path


def at(path: str) -> Ready:
    return lambda _: path


def _reviewed(visitor: Visitor) -> str:
    visitor.review()
    return "isi/periksa"


def _received(visitor: Visitor) -> str:
    visitor.request()
    return "tanda-terima"


def _ticketed(visitor: Visitor) -> str:
    visitor.ticket()
    return "tiket"


# Those with an alarm come last: it is seen on every screen after it.
SCREENS: dict[str, Ready] = {
    "home": at(""),
    "groups": at("layanan/"),
    "services": at("layanan/usaha-dan-penghasilan/"),
    "service": at("layanan/usaha-dan-penghasilan/usaha"),
    "ticket": _ticketed,
    "request-groups": at("ajukan/"),
    "request-services": at("ajukan/usaha-dan-penghasilan/"),
    "needs": at("ajukan/usaha-dan-penghasilan/usaha"),
    "consent": at("ajukan/usaha-dan-penghasilan/usaha/setuju"),
    "nik": lambda visitor: visitor.asked("nik"),
    "nik-fault": lambda visitor: visitor.asked("nik", answer="317405"),
    "name": lambda visitor: visitor.asked("nama"),
    "text": lambda visitor: visitor.asked("acara"),
    "date": lambda visitor: visitor.asked("tanggal-acara"),
    "date-fault": lambda visitor: visitor.asked("tanggal-acara", day="31", month="2", year="2027"),
    "phone": lambda visitor: visitor.asked("telepon"),
    "review": _reviewed,
    "receipt": _received,
    "complain": at("aduan/"),
    "complain-consent": at("aduan/aduan/"),
    "topic": lambda visitor: visitor.complained("topik"),
    "identity": lambda visitor: visitor.complained("identitas"),
    "track": at("lacak"),
    "track-fault": lambda visitor: visitor.wrong_code(),
    "found-ticket": lambda visitor: visitor.found(visitor.ticket()),
    "found-request": lambda visitor: visitor.found(visitor.request()),
    "found-complaint": lambda visitor: visitor.found(visitor.complaint()),
    "survey-code": at("survei/"),
    "survey": lambda visitor: visitor.surveyed(),
    "survey-done": at("survei/selesai"),
    "info": at("info/"),
    "fees": at("info/biaya"),
    "numbers": at("info/darurat"),
    "section": lambda visitor: visitor.channel(),
    "channels": at("info/saluran/news/"),
    "help": at("bantuan"),
    "appearance": at("tampilan"),
    "error": at("isi/entah"),
    "emergency": at("darurat/"),
    "alarm": lambda visitor: visitor.alarmed("darurat/panggilan"),
    "cancel": at("darurat/batal"),
    "banner": lambda visitor: visitor.moved_on(),
}


def publish(store: Store) -> None:
    """A channel as the central would have sent it."""
    text = "Pelayanan KTP keliling dibuka di balai warga. Bawa KK dan pengantar RT. Petugas datang pukul delapan."
    entries = tuple(
        Entry(
            f"Pelayanan keliling {number}",
            text,
            "021-7654321",
            "Balai warga RW 02",
            "2026-11-20",
            PIXEL if number == 1 else "",
        )
        for number in range(1, 5)
    )
    pillars = (
        "Kepolisian",
        "TNI",
        "Pemerintah daerah",
        "DPRD",
        "Kejaksaan",
        "Pengadilan",
        "KPU dan Bawaslu",
        "Tokoh agama",
    )
    body = msgspec.json.encode(Channel(tuple(Section(name, entries) for name in pillars)))
    desire(store, DocumentHead("news", 1, digest_of(body), len(body), 1_763_770_800_000), 1_000_000_000)
    for wanted in coming(store):
        put_piece(store, wanted, body)
    for wanted in coming(store):
        complete(store, wanted)


@contextmanager
def longer_words(monkeypatch: Any) -> Iterator[None]:
    """A language that nobody speaks: Indonesian, 40 % longer, with letters that reach up and down."""
    real = speech.languages()
    stretched = {key: lengthened(words) for key, words in real["id"].words.items()}
    pseudo = msgspec.structs.replace(real["id"], words=stretched)
    with monkeypatch.context() as patch:
        patch.setattr(speech, "languages", lambda: {**real, "id": pseudo})
        yield


def lengthened(words: str) -> str:
    """The words with 40 % more letters; what stands in braces stays."""
    parts = re.split(r"(\{[^}]*\})", words)
    return "".join(part if part.startswith("{") else _longer(part) for part in parts)


def _longer(part: str) -> str:
    def stretch(found: re.Match[str]) -> str:
        word = found[0]
        extra = max(1, round(len(word) * 0.4)) if len(word) > 2 else 0
        return word + "ẩgỹ"[:1] * 0 + (word[1:] + "aeiou")[:extra]

    return re.sub(r"[^\W\d_]+", stretch, part)
