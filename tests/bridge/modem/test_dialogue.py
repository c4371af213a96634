"""The whole talk with a modem that behaves: what is asked, what is claimed, and how the stream may be cut."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.modem.emulated_world import Quirks, World
from firmware_bridge.modem.emulator import EmulatedModem
from firmware_bridge.modem.events import Event
from firmware_bridge.modem.outbox import REPORT_WAIT_MS, Text
from firmware_bridge.modem.phases import Phase
from kiosk.core.alert import Evidence
from tests.bridge.modem.rig import OFFICER, SECOND, TEXT, Rig, byte_by_byte, whole

E2, E3, E4 = Evidence.HANDED, Evidence.CARRIED, Evidence.RECEIVED

MAKERS = {
    "plain": Quirks(),
    "SIM7670G": Quirks(bare_prompt=True),
    "SIM800": Quirks(keeps_echo=True, refused=("AT+CEREG?", "AT+CNMI=2,2,0,2,0")),
    "Huawei": Quirks(chatter=b"\r\n^RSSI:14\r\n\r\n^BOOT:91409020,0,0,0,6\r\n", refused=("AT&D2", "AT+CEREG?")),
    "Quectel": Quirks(chatter=b'\r\n+QIND: "csq",21,99\r\n\r\n+CREG: 1,"0EE3","2CE3"\r\n'),
    "noisy": Quirks(chatter=b"\x00\xff\x00\r\n+CMGS: x\r\n+CDS: 25\r\n~~~\xfe~\r\n"),
    "insists on CNMA": Quirks(insists_on_acknowledgement=True),
    "mode 1 only": Quirks(refused=("AT+CNMI=2,2,0,1,0",)),
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("cut", [whole, byte_by_byte])
def test_a_text_shows_handed_carried_and_received_in_turn(maker: str, cut: object) -> None:
    rig = Rig(EmulatedModem(MAKERS[maker]), cut).ready()  # type: ignore[arg-type]
    rig.send()
    assert rig.shown() == [E2, E3]
    rig.run(1)

    assert rig.shown() == [E2, E3, E4]
    assert [(sent.number, sent.text) for sent in rig.world.sent] == [(TEXT.number, TEXT.text)]
    assert rig.dialogue.health.stalls == 0


def test_each_step_keeps_path_time_and_raw_answer() -> None:
    rig = Rig().ready()
    rig.send()
    rig.run(1)
    handed, carried, received = rig.steps()

    assert {step.path for step in rig.steps()} == {"sms +6281…89"}
    assert (handed.raw, carried.raw) == (">", "+CMGS: 1")
    assert received.raw.startswith("+CDS: 25 / 0791261801000000" + "0601")
    assert handed.at_mono_ms == carried.at_mono_ms
    assert received.at_mono_ms - carried.at_mono_ms == 500


def test_a_modem_is_set_up_for_reports_in_pdu_mode_and_never_in_text_mode() -> None:
    rig = Rig().ready()

    heard = rig.world.heard
    assert heard.index("ATE0") < heard.index("AT+CMGF=0") < heard.index("AT+CNMI=2,2,0,1,0")
    assert not [command for command in heard if command.startswith(("AT+CMGF=1", "AT+CSMP"))]
    assert rig.dialogue.health.reports


def test_health_tells_network_signal_and_operator() -> None:
    health = Rig().ready().dialogue.health

    assert (health.operator, health.registration, health.signal_dbm, health.sim) == ("TELKOMSEL", 1, -71, "READY")
    assert health.words == "TELKOMSEL, terdaftar, sinyal -71 dBm"
    assert health.faults == ()
    assert health.device == "/dev/modem"


def test_health_is_looked_at_again_every_half_minute() -> None:
    rig = Rig().ready()
    rig.world.level, rig.world.operator = 2, "XL"
    rig.run(31)

    assert (rig.dialogue.health.signal_dbm, rig.dialogue.health.operator) == (-109, "XL")
    assert rig.dialogue.health.faults == ("sinyal modem SMS lemah (-109 dBm)",)


def test_a_centre_that_still_tries_is_waited_for_and_never_called_failed() -> None:
    rig = Rig(EmulatedModem(world=World(reports=((0x20, 500), (0x22, 90_000), (0x00, 200_000))))).ready()
    rig.send()
    rig.run(150)
    assert rig.shown() == [E2, E3]
    assert [step.words for step in rig.steps() if step.evidence is None] == [
        "pusat SMS masih mencoba, jaringan padat (0x20)",
        "pusat SMS masih mencoba, telepon tujuan tidak menjawab (0x22)",
    ]
    rig.run(60)

    assert rig.shown() == [E2, E3, E4]
    assert len(rig.world.sent) == 1


@pytest.mark.parametrize("status", range(1, 256))
def test_no_status_but_zero_shows_that_the_phone_has_it(status: int) -> None:
    rig = Rig(EmulatedModem(world=World(reports=((status, 100),)))).ready()
    rig.send()
    rig.run(1)

    assert rig.shown() == [E2, E3]
    assert f"(0x{status:02X})" in rig.steps()[-1].words


def test_a_centre_that_gave_up_is_told_and_the_text_goes_again() -> None:
    rig = Rig(EmulatedModem(world=World(reports=((0x46, 500),)))).ready()
    rig.send()
    rig.run(1)
    assert rig.steps()[-1].words == "SMS kedaluwarsa sebelum sampai (0x46)"
    assert rig.steps()[-1].evidence is None
    rig.world.reports = ((0x00, 500),)
    rig.run(7)

    assert rig.shown() == [E2, E3, E2, E3, E4]


def test_a_text_without_any_report_says_so_after_an_hour_and_goes_again() -> None:
    rig = Rig(EmulatedModem(world=World(reports=()))).ready()
    rig.send()
    rig.run(REPORT_WAIT_MS / 1000 + 10)

    assert "tidak ada laporan sampai, dikirim ulang" in [step.words for step in rig.steps()]
    assert len(rig.world.sent) == 2


def test_a_report_that_comes_before_its_answer_counts() -> None:
    rig = Rig(EmulatedModem(world=World(reports_first=True))).ready()
    rig.send()

    assert rig.shown() == [E2, E3, E4]


def test_a_report_on_a_strangers_text_proves_nothing_and_is_told() -> None:
    rig = Rig(EmulatedModem(world=World(reports=()))).ready()
    rig.send()
    rig.modem.report_in(99, OFFICER, 0, rig.now_ms, rig.now_ms)
    rig.modem.report_in(1, SECOND, 0, rig.now_ms, rig.now_ms)
    rig.exchange()

    assert rig.shown() == [E2, E3]
    assert [stray.number_masked for stray in rig.stray()] == ["+6281…89", "+6281…11"]


def test_a_damaged_report_proves_nothing_and_is_counted() -> None:
    rig = Rig(EmulatedModem(world=World(reports=()))).ready()
    rig.send()
    rig.say(b"\r\n+CDS: 25\r\n0791262118000000060\r\n+CDS: 25\r\n07912618010000000601\r\n")
    rig.run(1)

    assert rig.shown() == [E2, E3]
    assert rig.dialogue.health.garbled >= 1


def test_texts_of_several_officers_go_one_after_the_other() -> None:
    rig = Rig().ready()
    numbers = [f"+62812345678{digit:02d}" for digit in range(20)]
    for number in numbers:
        rig.send(Text("alert-1", number, "Kebakaran"))
    rig.run(2)

    assert [sent.number for sent in rig.world.sent] == numbers
    assert all(rig.shown(Text("alert-1", number, "Kebakaran")) == [E2, E3, E4] for number in numbers)


def test_references_that_wrap_are_matched() -> None:
    rig = Rig(EmulatedModem(world=World(reference=250))).ready()
    for count in range(20):
        rig.send(Text(f"alert-{count}", OFFICER, "x"))
    rig.run(2)

    assert all(rig.shown(Text(f"alert-{count}", OFFICER, "x")) == [E2, E3, E4] for count in range(20))
    assert rig.world.reference == 14


def test_a_withdrawn_alert_sends_nothing_more() -> None:
    rig = Rig(EmulatedModem(world=World(refusals=["+CMS ERROR: 38"] * 3))).ready()
    rig.send()
    rig.run(6)
    rig.dialogue.withdraw(TEXT.send_id)
    rig.run(120)

    assert rig.world.sent == []
    assert rig.dialogue.health.waiting == 0


def test_a_refused_text_says_why_and_goes_again_at_a_growing_pause() -> None:
    rig = Rig(EmulatedModem(world=World(refusals=["+CMS ERROR: 38", "+CMS ERROR: 50", "ERROR"]))).ready()
    rig.send()
    began_ms = rig.now_ms
    rig.run(60)

    refused = [step for step in rig.steps() if step.evidence is None]
    assert [step.words for step in refused] == [
        "jaringan rusak (CMS 38)",
        "layanan SMS tidak termasuk langganan kartu ini (CMS 50)",
        "modem menolak perintah",
    ]
    assert [step.raw for step in refused] == ["+CMS ERROR: 38", "+CMS ERROR: 50", "ERROR"]
    pauses = [round((step.at_mono_ms - began_ms) / 1000) for step in refused]
    assert pauses == [0, 5, 14]
    assert rig.shown()[-2:] == [E3, E4]


def test_an_incoming_text_is_handed_out() -> None:
    rig = Rig().ready()
    rig.modem.text_in(OFFICER, "OK K7F2 4MQ9TX", rig.now_ms)
    rig.modem.text_in("TELKOMSEL", "Sisa kuota Anda 🔥", rig.now_ms)
    rig.exchange()

    assert rig.received() == [(OFFICER, "OK K7F2 4MQ9TX"), ("TELKOMSEL", "Sisa kuota Anda 🔥")]


def test_an_incoming_text_that_looks_like_the_modems_own_words_proves_nothing() -> None:
    rig = Rig(EmulatedModem(world=World(reports=()))).ready()
    rig.send()
    rig.modem.text_in(SECOND, "\r\n+CDS: 25\r\n+CMGS: 1\r\nOK\r\n", rig.now_ms)
    rig.run(1)

    assert rig.shown() == [E2, E3]
    assert len(rig.received()) == 1


def test_texts_that_lie_in_the_memory_are_read_and_removed() -> None:
    rig = Rig()
    rig.modem.text_in(OFFICER, "OK K7F2 4MQ9TX", rig.now_ms)
    rig.modem.text_in(SECOND, "halo", rig.now_ms)
    rig.ready()

    assert rig.received() == [(OFFICER, "OK K7F2 4MQ9TX"), (SECOND, "halo")]
    assert rig.world.stored == {}


def test_a_modem_that_only_stores_texts_is_read_when_it_says_so() -> None:
    refused = tuple(f"AT+CNMI={mode},2,0,1,0" for mode in (1, 2, 3))
    rig = Rig(EmulatedModem(Quirks(refused=refused))).ready()
    rig.modem.text_in(OFFICER, "OK K7F2 4MQ9TX", rig.now_ms)
    rig.run(1)

    assert rig.received() == [(OFFICER, "OK K7F2 4MQ9TX")]
    assert rig.world.stored == {}
    assert rig.dialogue.health.reports


def test_a_modem_without_reports_sends_all_the_same_and_says_so() -> None:
    rig = Rig(EmulatedModem(Quirks(refused=("AT+CNMI",)))).ready()
    rig.send()
    rig.run(1)

    assert rig.shown() == [E2, E3]
    assert rig.dialogue.health.faults == ("modem SMS tidak memberi laporan sampai",)


def test_a_modem_that_insists_gets_its_acknowledgements_in_time() -> None:
    rig = Rig(EmulatedModem(Quirks(insists_on_acknowledgement=True))).ready()
    rig.send()
    rig.modem.text_in(OFFICER, "OK", rig.now_ms)
    rig.run(60)

    assert rig.world.heard.count("AT+CNMA") == 2
    assert rig.world.heard.count("AT+CMGF=0") == 1  # its routing was never switched off, so it was set up once


def test_routing_that_was_switched_off_behind_our_back_is_set_again() -> None:
    rig = Rig().ready()
    rig.modem.receive(b"AT+CNMI=2,0,0,0,0\r", rig.now_ms)
    rig.run(40)
    rig.send()
    rig.run(1)

    assert rig.shown() == [E2, E3, E4]
    assert rig.dialogue.health.stalls == 0


def _told(cut: object, maker: str) -> list[Event]:
    """A scenario with every kind of line in it; times are left out, as they are the same anyway."""
    world = World(reports=((0x20, 100), (0x00, 300)), refusals=["+CMS ERROR: 38"])
    rig = Rig(EmulatedModem(MAKERS[maker], world), cut).plug()  # type: ignore[arg-type]
    rig.run(3)
    rig.send()
    rig.modem.text_in(SECOND, "halo\r\nOK\r\n", rig.now_ms)
    rig.run(8)
    rig.say(b"\r\n> \r\n+CREG: 2\r\n\x00junk\xff\r\nRING\r\n+CMGS: 99\r\nOK\r\n")
    rig.send(Text("alert-2", SECOND, "Latihan [€]"))
    rig.run(2)
    assert rig.dialogue.phase is Phase.READY
    return rig.events


@settings(max_examples=40, deadline=None)
@given(maker=st.sampled_from(sorted(MAKERS)), sizes=st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_the_same_is_told_wherever_the_stream_is_cut(maker: str, sizes: list[int]) -> None:
    def pieces(data: bytes) -> Iterator[bytes]:
        at = turn = 0
        while at < len(data):
            size = sizes[turn % len(sizes)]
            yield data[at : at + size]
            at, turn = at + size, turn + 1

    assert [msgspec.to_builtins(event) for event in _told(pieces, maker)] == [
        msgspec.to_builtins(event) for event in _told(whole, maker)
    ]


@settings(max_examples=60, deadline=None)
@given(junk=st.lists(st.binary(max_size=60), max_size=8), seconds=st.lists(st.floats(0, 4), min_size=8, max_size=8))
def test_no_junk_at_any_moment_stops_the_talk_or_claims_anything(junk: list[bytes], seconds: list[float]) -> None:
    rig = Rig(EmulatedModem(world=World(reports=()))).plug()
    rig.send()
    for noise, pause_s in zip(junk, seconds, strict=False):
        rig.say(noise)
        rig.run(pause_s)
    rig.say(b"\r\n")
    rig.run(60)

    assert E3 in rig.shown()
    assert E4 not in rig.shown()
    assert rig.world.sent
