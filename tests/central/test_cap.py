"""CAP 1.2: each step that changes what an outsider should do is one valid message, and always the same one."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import msgspec
import pytest
from flask.testing import FlaskClient

from kiosk.core.alert import AlertAction
from kiosk.core.event import Lane
from kiosk.core.ids import uuid7
from sync.central.cap.document import cap_xml
from sync.central.cap.messages import Kind, Post, cap_messages
from sync.central.store import AlertView, CentralStore
from tests.central.cap_rules import checked, text_of
from tests.central.stories import DEVICE, NOW_MS, Journal, raise_alert, raised
from tests.central.test_shown import FRESH
from tests.central.web import BEARER, make_app

POST = Post("kentongan@pusat.example.go.id", "Posko Kebayoran Baru")


def documents(view: AlertView) -> list[Element]:
    return [checked(cap_xml(message)) for message in cap_messages(view, POST)]


def whole_story(store: CentralStore, code: str = "panic", drill: bool = False) -> AlertView:
    alert_id, journal = uuid7(), Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id, code, drill))
    told = {"id": alert_id, "state": "sending", "evidence": 2, "path": "sms/piket-1", "level": 2}
    journal.add("alert.evidence", told)
    journal.add("alert.evidence", {"id": alert_id, "state": "unanswered", "evidence": 4, "path": "bridge"})
    journal.send(store)
    answers: list[tuple[AlertAction, dict[str, object]]] = [
        (AlertAction.ACKNOWLEDGE, {}),
        (AlertAction.DISPATCH, {"unit": "Patroli 3", "minutes": 7}),
        (AlertAction.ARRIVE, {}),
    ]
    for at, (action, detail) in enumerate(answers):
        store.answer_alert(alert_id, action, "Bripka Sari", detail, NOW_MS + 70_000 + at * 1_000)
    journal.add("alert.cancelled", {"id": alert_id})
    journal.send(store, 4)
    return store.answer_alert(alert_id, AlertAction.CLOSE, "Bripka Sari", {"reason": "true"}, NOW_MS + 90_000)


def test_a_whole_story_is_valid_from_the_alert_to_its_end(store: CentralStore) -> None:
    told = documents(whole_story(store))
    kinds = [text_of(one, "msgType") for one in told]
    assert kinds == ["Alert", "Update", "Ack", "Update", "Update", "Cancel", "Cancel"]
    assert {text_of(one, "status") for one in told} == {"Actual"}
    assert [text_of(one, "note") for one in told[1:]] == [
        "Belum ada yang menjawab",
        "Diterima oleh Bripka Sari (posko)",
        "Patroli 3 menuju lokasi, perkiraan 7 menit",
        "Petugas sudah tiba",
        "Dibatalkan di tempat; posko tetap memeriksa sampai ditutup",
        "Ditutup oleh Bripka Sari: Benar",
    ]
    assert [text_of(one, "info/certainty") for one in told] == ["Likely"] * 2 + [""] + ["Likely"] * 3 + ["Observed"]


def test_times_have_the_sites_offset_and_never_go_back(store: CentralStore) -> None:
    sent = [text_of(one, "sent") for one in documents(whole_story(store))]
    assert sent[0] == "2025-11-22T07:21:00+07:00"
    assert sent == sorted(sent)


def test_references_name_the_messages_before_by_sender_identifier_and_time(store: CentralStore) -> None:
    told = documents(whole_story(store))
    named = [",".join(text_of(one, name) for name in ("sender", "identifier", "sent")) for one in told]
    assert text_of(told[2], "references") == named[0], "an acknowledgement is of the alert"
    assert text_of(told[3], "references") == f"{named[0]} {named[1]}"
    assert text_of(told[6], "references") == " ".join(named[at] for at in (0, 1, 3, 4))
    assert len({text_of(one, "identifier") for one in told}) == len(told)


def test_a_message_stays_what_it_was_while_the_story_goes_on(store: CentralStore) -> None:
    alert_id = raise_alert(store)
    before = [cap_xml(message) for message in cap_messages(store.alert(alert_id), POST)]
    view = store.answer_alert(alert_id, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS)
    assert [cap_xml(message) for message in cap_messages(view, POST)][:1] == before


def test_a_drill_says_so_in_every_message(store: CentralStore) -> None:
    told = documents(whole_story(store, drill=True))
    assert {text_of(one, "status") for one in told} == {"Exercise"}
    assert text_of(told[0], "info/headline").startswith("LATIHAN: ")
    assert text_of(told[0], "info/eventCode/value") == "601"


def test_a_silent_alert_names_no_telephone_and_says_not_to_call(store: CentralStore) -> None:
    [told] = documents(store.alert(raise_alert(store, "silent")))
    assert text_of(told, "info/contact") == ""
    assert "Jangan menelepon" in text_of(told, "info/instruction")
    assert (text_of(told, "info/category"), text_of(told, "info/eventCode/value")) == ("Security", "122")


@pytest.mark.parametrize(("code", "category"), [("fire", "Fire"), ("medical", "Health"), ("newer", "Safety")])
def test_every_code_has_a_category_a_new_one_too(store: CentralStore, code: str, category: str) -> None:
    [told] = documents(store.alert(raise_alert(store, code)))
    assert text_of(told, "info/category") == category


def test_a_contacts_sms_acknowledges_and_a_second_answer_does_not(store: CentralStore) -> None:
    alert_id, journal = uuid7(), Journal(Lane.ALARM)
    journal.add("alert.raised", raised(alert_id))
    told = {"id": alert_id, "state": "acknowledged", "evidence": 5, "level": 5}
    for path, officer in (("sms/rw-2", "Ibu Ratna"), ("sms/lurah", "Pak Lurah")):
        journal.add("alert.evidence", {**told, "path": path, "officer": officer})
    journal.send(store)
    messages = cap_messages(store.alert(alert_id), POST)
    assert [(one.kind, one.note) for one in messages[1:]] == [(Kind.ACK, "Diterima oleh Ibu Ratna (sms/rw-2)")]


@pytest.mark.parametrize(
    ("reason", "certainty"), [("false", "Unlikely"), ("mistaken", "Unlikely"), ("test", "Unknown")]
)
def test_the_end_says_how_certain_it_was(store: CentralStore, reason: str, certainty: str) -> None:
    alert_id = raise_alert(store)
    store.answer_alert(alert_id, AlertAction.ACKNOWLEDGE, "Sari", {}, NOW_MS)
    view = store.answer_alert(alert_id, AlertAction.CLOSE, "Sari", {"reason": reason}, NOW_MS)
    last = documents(view)[-1]
    assert (text_of(last, "info/certainty"), text_of(last, "info/urgency")) == (certainty, "Past")
    assert text_of(last, "info/responseType") == "AllClear"


def test_what_no_xml_can_hold_and_what_looks_like_markup_harm_nothing(store: CentralStore) -> None:
    view = store.alert(raise_alert(store, "<&\x01\ufffe>"))
    site = msgspec.structs.replace(view.site, name='Balai "Desa" <b>&', address="\x0b", latitude=None)
    view = msgspec.structs.replace(view, site=site)
    post = Post(POST.sender, 'Posko "Timur" <1>')
    root = checked(cap_xml(cap_messages(view, post)[0]))
    assert text_of(root, "addresses") == "\"Posko 'Timur' <1>\""
    assert 'Balai "Desa" <b>&' in text_of(root, "info/area/areaDesc")


def test_an_alert_without_steps_gives_no_message() -> None:
    assert cap_messages(FRESH, POST) == ()


def test_the_api_lists_the_messages_and_gives_each_as_xml(store: CentralStore) -> None:
    client: FlaskClient = make_app(store, public_url="https://pusat.example.go.id").test_client()
    view = whole_story(store)
    listed = client.get(f"/api/v1/alerts/{view.id}/cap", headers=BEARER).json
    assert listed is not None
    assert [item["msg_type"] for item in listed["items"]][:3] == ["Alert", "Update", "Ack"]
    answer = client.get(listed["items"][2]["href"], headers=BEARER)
    assert answer.content_type == "application/cap+xml; charset=utf-8"
    assert text_of(checked(answer.data), "sender") == "kentongan@pusat.example.go.id"
    assert client.get(f"/api/v1/alerts/{view.id}/cap/99", headers=BEARER).status_code == 404
    assert client.get(f"/api/v1/alerts/{uuid7()}/cap", headers=BEARER).status_code == 404
    assert client.get(listed["items"][0]["href"]).status_code == 401
    assert DEVICE in client.get(listed["items"][0]["href"], headers=BEARER).text
