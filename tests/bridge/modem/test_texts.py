"""What an officer reads fits one SMS and holds everything; what a stranger would need to answer cannot be guessed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem import gsm7
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.texts import LINK_SEPTETS, Place, alert_text, map_link
from kiosk.core.alert import AlertCode, AlertState
from kiosk.core.errors import BadInput
from kiosk.core.sms_answer import answer_code, short_id
from tests.bridge.modem.rig import OFFICER, alert

PLACE = Place("Kel. Gunung Pangilun", map_link(-0.9231, 100.3687))


def test_a_text_holds_what_when_where_and_how_to_answer() -> None:
    assert alert_text(alert(), PLACE, OFFICER) == (
        "Kebakaran 22/11 15.50\n"
        "Kel. Gunung Pangilun\n"
        "https://maps.google.com/?q=-0.92310,100.36870\n"
        f"Balas: OK {short_id(alert())} {answer_code(alert(), OFFICER)}"
    )


def test_the_time_is_that_of_the_site() -> None:
    assert "17.50" in alert_text(alert(), msgspec.structs.replace(PLACE, utc_offset_h=9), OFFICER)


def test_a_clock_that_nobody_set_tells_no_time() -> None:
    text = alert_text(alert(), PLACE, OFFICER, clock_known=False)

    assert text.startswith("Kebakaran (jam tidak pasti)\n")


def test_a_drill_says_so_first_and_a_cancelled_alert_names_the_same_id() -> None:
    assert alert_text(alert(drill=True), PLACE, OFFICER).startswith("LATIHAN Kebakaran")
    cancelled = alert_text(alert(state=AlertState.CANCEL_REQUESTED), PLACE, OFFICER)
    assert cancelled.startswith("BATAL Kebakaran")
    assert cancelled.endswith(f"\nPanggilan {short_id(alert())}")


def test_who_may_not_answer_is_told_the_id_and_no_code() -> None:
    text = alert_text(alert(), PLACE, OFFICER, may_answer=False)

    assert text.endswith(f"\nPanggilan {short_id(alert())}")
    assert answer_code(alert(), OFFICER) not in text


def test_a_place_without_a_map_link_has_none() -> None:
    assert "http" not in alert_text(alert(), Place("Kel. Gunung Pangilun"), OFFICER)


@given(
    site=st.text(min_size=1, max_size=200),
    link_letters=st.integers(0, LINK_SEPTETS - 10),
    code=st.sampled_from(AlertCode),
    drill=st.booleans(),
    clock_known=st.booleans(),
    state=st.sampled_from([AlertState.SENDING, AlertState.CANCEL_REQUESTED]),
)
def test_any_site_fits_one_message_with_id_code_and_link_whole(
    site: str, link_letters: int, code: AlertCode, drill: bool, clock_known: bool, state: AlertState
) -> None:
    place = Place(site, "https://a/" + "b" * link_letters)
    raised = alert(code=code, drill=drill, state=state)
    text = alert_text(raised, place, OFFICER, clock_known)

    Text("alert-1", OFFICER, text)  # which refuses what is no single message
    assert place.map_link in text.split("\n")
    assert short_id(raised) in text.split("\n")[-1]
    assert state is AlertState.CANCEL_REQUESTED or text.endswith(f"{short_id(raised)} {answer_code(raised, OFFICER)}")


def test_the_longest_words_leave_room_for_a_short_name() -> None:
    place = Place("Ngawi", "https://a/" + "b" * (LINK_SEPTETS - 10))
    raised = alert(code=AlertCode.SILENT, drill=True, state=AlertState.CANCEL_REQUESTED)

    assert alert_text(raised, place, OFFICER, clock_known=False).split("\n")[1] == "Ngawi"


def test_a_long_name_is_shortened_as_little_as_possible() -> None:
    text = alert_text(alert(), Place("Kantor Kelurahan " + "Panjang " * 20, PLACE.map_link), OFFICER)

    site = text.split("\n")[1]
    assert site.startswith("Kantor Kelurahan Panjang Panjang")
    assert site.endswith("..")
    assert 155 <= gsm7.septets(text) <= 160


@pytest.mark.parametrize("link", ["ftp://a", "https://a b", "https://[a]" + "b" * 60, "x", "https://é"])
def test_a_link_that_is_none_or_too_long_is_refused(link: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"site": "Kelurahan", "map_link": link}, Place)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (0, 181), (float("nan"), 0)])
def test_a_place_off_the_globe_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(BadInput):
        map_link(latitude, longitude)
