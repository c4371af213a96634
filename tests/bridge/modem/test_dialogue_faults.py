"""A modem that hangs, vanishes, restarts, has no SIM or no network is brought back, and the text goes after all."""

from __future__ import annotations

from typing import Literal

import pytest

from firmware_bridge.faults import FaultBook
from firmware_bridge.modem.emulated_world import Quirks, World
from firmware_bridge.modem.emulator import EmulatedModem
from firmware_bridge.modem.events import PinAccepted, PinNeeded, PinRefused
from firmware_bridge.modem.outbox import Text
from firmware_bridge.modem.phases import Phase
from kiosk.core.alert import Evidence
from tests.bridge.modem.rig import SECOND, TEXT, Rig

E2, E3, E4 = Evidence.HANDED, Evidence.CARRIED, Evidence.RECEIVED


@pytest.mark.parametrize("where", ["prompt", "frame"])
@pytest.mark.parametrize(("until", "resets"), [("escape", []), ("dtr", ["dtr"]), ("power", ["dtr", "power"])])
def test_a_modem_that_hangs_mid_prompt_is_reset_as_hard_as_needed_and_the_text_goes(
    where: Literal["prompt", "frame"], until: Literal["escape", "dtr", "power"], resets: list[str]
) -> None:
    rig = Rig(EmulatedModem(world=World(hangs=[where], hangs_until=until))).ready()
    rig.send()
    rig.run(180)

    assert rig.resets == resets
    assert rig.shown() == [*([E2] if where == "frame" else []), E2, E3, E4]
    assert "modem berhenti menjawab" in [step.words for step in rig.steps()]
    assert len(rig.world.sent) == 1


def test_a_modem_that_wakes_and_hangs_at_every_text_is_reset_ever_harder() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["prompt"] * 3))).ready()
    rig.send()
    rig.run(120)

    assert rig.resets == ["dtr", "power"]
    assert rig.shown() == [E2, E3, E4]


def test_without_a_power_pin_the_modem_is_told_to_restart() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["prompt"] * 3)), has_power_pin=False).ready()
    rig.send()
    rig.run(180)

    assert rig.resets == ["dtr"]
    assert "AT+CFUN=1,1" in rig.world.heard
    assert rig.shown() == [E2, E3, E4]


def test_another_officers_text_is_not_lost_when_one_hangs() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["frame"]))).ready()
    rig.send()
    rig.send(Text("alert-1", SECOND, "x"))
    rig.run(90)

    assert rig.shown(Text("alert-1", SECOND, "x")) == [E2, E3, E4]
    assert rig.shown() == [E2, E2, E3, E4]


def test_a_silent_port_is_reset_for_ever_and_is_a_fault() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["prompt"], hangs_until="power"))).ready()
    rig.modem.power_cut = lambda now_ms: None  # type: ignore[method-assign]
    rig.send()
    rig.run(600)

    assert len(rig.resets) > 10
    assert rig.dialogue.health.faults == ("modem SMS tidak menjawab",)
    assert rig.dialogue.health.waiting == 1


def test_a_modem_that_falls_silent_just_after_a_look_is_told_within_ninety_seconds() -> None:
    rig, faults = Rig().ready(), FaultBook()
    rig.world.heard.clear()
    while not rig.world.heard:  # the next look: all its questions pass in one moment
        rig.run(0.05)
    rig.modem = Silent()
    began_ms = rig.now_ms
    while not faults.words():
        rig.run(0.05)
        faults.part("modem", rig.dialogue.health.faults, rig.now_ms)
        assert rig.now_ms - began_ms <= 90_000

    assert faults.words() == ["modem SMS tidak menjawab"]


class Silent(EmulatedModem):
    """Neither hears nor says anything."""

    def receive(self, data: bytes, now_ms: int) -> None:
        pass

    def outgoing(self, now_ms: int) -> bytes:
        return b""


def test_a_modem_that_vanishes_in_the_middle_of_a_text_gets_it_again_when_it_is_back() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["frame"]))).ready()
    rig.send()
    rig.unplug()
    assert rig.steps()[-1].words == "modem terputus"
    assert rig.dialogue.health.faults == ("modem SMS tidak terhubung",)
    rig.plug().run(10)

    assert rig.shown() == [E2, E2, E3, E4]


def test_a_text_whose_frame_never_left_is_not_called_handed() -> None:
    rig = Rig().ready()
    rig.dialogue.send(TEXT, rig.now_ms)
    rig.modem.receive(rig.dialogue.outgoing(), rig.now_ms)
    rig.say(rig.modem.outgoing(rig.now_ms))
    assert rig.dialogue.phase is Phase.GIVEN
    rig.unplug()
    rig.plug().run(1)

    assert rig.shown() == []
    assert rig.steps()[-1].words == "modem terputus"


def test_a_modem_that_restarts_unasked_is_set_up_again_and_the_text_goes() -> None:
    rig = Rig().ready()
    rig.modem.power_cut(rig.now_ms)
    rig.exchange()
    assert rig.dialogue.phase is Phase.QUIET
    rig.send()
    rig.run(5)

    assert rig.shown() == [E2, E3, E4]
    assert rig.dialogue.health.stalls == 0


def test_a_modem_that_restarts_with_a_text_in_its_hands_gets_it_again() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["frame"]))).ready()
    rig.send()
    rig.modem.power_cut(rig.now_ms)
    rig.exchange()
    assert rig.steps()[-1].words == "modem menyala ulang"
    rig.run(10)

    assert rig.shown() == [E2, E2, E3, E4]


def test_a_modem_that_restarted_without_a_word_is_found_out() -> None:
    rig = Rig().ready()
    rig.modem.power_cut(rig.now_ms)
    rig.modem.outgoing(rig.now_ms)  # nobody hears its RDY
    rig.run(35)
    rig.send()
    rig.run(1)

    assert rig.shown() == [E2, E3, E4]


def test_late_readiness_sets_up_again_but_interrupts_no_text() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["frame"]))).ready()
    rig.send()
    rig.say(b"\r\nSMS Ready\r\n")
    assert rig.dialogue.health.phase is Phase.GIVEN
    rig.run(80)
    set_up_before = rig.world.heard.count("AT+CMGF=0")
    rig.say(b"\r\nSMS Ready\r\n")
    rig.run(3)

    assert rig.dialogue.health.is_usable
    assert rig.world.heard.count("AT+CMGF=0") == set_up_before + 1


def test_an_answer_without_a_reference_is_no_proof() -> None:
    rig = Rig(EmulatedModem(world=World(hangs=["frame"]))).ready()
    rig.send()
    rig.say(b"\r\nOK\r\n")
    rig.run(1)

    assert rig.shown() == [E2]
    assert rig.dialogue.phase is Phase.GIVEN


def test_a_late_answer_to_an_earlier_question_is_not_taken_for_the_next() -> None:
    rig = Rig().plug()
    for _ in range(5):
        rig.say(b"\r\nERROR\r\n\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n")
        rig.run(0.2)
        assert rig.dialogue.phase is Phase.QUIET
    rig.run(3)

    assert rig.dialogue.health.is_usable


@pytest.mark.parametrize(
    ("sim", "fault"),
    [
        ("NOT INSERTED", "modem SMS: kartu SIM tidak terpasang (CME 10)"),
        ("NOT READY", "modem SMS: kartu SIM belum siap"),
        ("SIM PIN", "modem SMS: kartu SIM meminta PIN"),
        ("SIM PUK", "modem SMS: kartu SIM terkunci, perlu PUK dari operator"),
    ],
)
def test_a_sim_that_cannot_be_used_is_told_in_words_and_asked_again(sim: str, fault: str) -> None:
    rig = Rig(EmulatedModem(world=World(sim=sim))).plug()
    rig.send()
    rig.run(30)
    assert rig.dialogue.health.faults == (fault,)
    assert rig.resets == []
    rig.world.sim = "READY"
    rig.run(10)

    assert rig.shown() == [E2, E3, E4]
    assert rig.dialogue.health.is_usable


def test_a_sim_that_is_pulled_out_later_is_noticed() -> None:
    rig = Rig().ready()
    rig.world.sim = "NOT INSERTED"
    rig.run(35)

    assert rig.dialogue.health.faults == ("modem SMS: kartu SIM tidak terpasang (CME 10)",)


def test_a_pin_is_entered_once_and_accepted() -> None:
    rig = Rig(EmulatedModem(world=World(sim="SIM PIN", pin="4711")), pin="4711").plug()
    rig.run(20)

    assert [type(event) for event in rig.events] == [PinNeeded, PinAccepted]
    assert rig.world.heard.count('AT+CPIN="4711"') == 1
    assert rig.dialogue.health.is_usable


def test_a_pin_is_tried_only_as_often_as_it_is_handed_over() -> None:
    rig = Rig(EmulatedModem(world=World(sim="SIM PIN", pin="4711"))).plug()
    rig.dialogue.enter_pin("0000")
    rig.run(120)

    assert rig.world.pins_left == 2
    assert PinRefused() in rig.events
    assert rig.world.heard.count('AT+CPIN="0000"') == 1


def test_a_sim_with_pin_is_opened_again_after_a_power_cut() -> None:
    rig = Rig(EmulatedModem(world=World(sim="SIM PIN", pin="4711")), pin="4711").plug()
    rig.run(20)
    rig.modem.power_cut(rig.now_ms)
    rig.run(20)

    assert rig.dialogue.health.is_usable
    assert rig.world.pins_left == 3


def test_without_a_network_the_text_waits_and_goes_within_seconds_of_its_return() -> None:
    rig = Rig(EmulatedModem(world=World(stat=2))).plug()
    rig.run(3)
    rig.send()
    rig.run(30)
    assert not [command for command in rig.world.heard if command.startswith("AT+CMGS")]
    assert rig.dialogue.health.faults == ("modem SMS: mencari jaringan",)
    rig.world.stat = 1
    rig.run(6)

    assert rig.shown() == [E2, E3, E4]


def test_a_modem_that_wrongly_says_it_has_no_network_is_tried_after_a_minute() -> None:
    rig = Rig(EmulatedModem(Quirks(refused=("AT+CREG?", "AT+CEREG?")))).plug()
    rig.run(3)
    rig.say(b"\r\n+CREG: 2\r\n")
    rig.send()
    rig.run(50)
    assert rig.shown() == []
    rig.run(20)

    assert rig.shown() == [E2, E3, E4]


def test_network_lost_while_sending_is_told_and_the_text_goes_when_it_is_back() -> None:
    rig = Rig().ready()
    rig.world.stat = 0
    rig.send()
    assert rig.steps()[-1].words == "tidak ada jaringan (CMS 331)"
    rig.run(40)
    rig.world.stat = 5
    rig.run(60)

    assert rig.shown()[-2:] == [E3, E4]
    assert rig.dialogue.health.words.startswith("TELKOMSEL, terdaftar (roaming)")


def test_a_modem_that_is_not_ready_for_texts_yet_is_asked_again() -> None:
    quirks = Quirks(refused=("AT+CMGF",))
    rig = Rig(EmulatedModem(quirks)).plug()
    rig.run(3)
    assert rig.dialogue.health.faults == ("modem SMS: modem belum siap (modem menolak perintah)",)
    rig.modem.quirks = Quirks(refused=())
    rig.run(6)

    assert rig.dialogue.health.is_usable


def test_a_full_memory_of_the_program_is_told() -> None:
    rig = Rig()
    for number in range(501):
        rig.send(Text(f"alert-{number}", TEXT.number, "x"))

    assert rig.steps(Text("alert-500", TEXT.number, "x"))[-1].words == "antrean SMS penuh"
