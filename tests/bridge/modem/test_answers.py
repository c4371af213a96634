"""Every line that makers are known to send is read, and what is not understood is passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem.answers import (
    Answer,
    Final,
    FrameNext,
    Operator,
    Reference,
    Registration,
    Restarted,
    Routing,
    Service,
    Signal,
    Sim,
    Stored,
    meaning,
)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("OK", Final(True)),
        ("ERROR", Final(False, "modem menolak perintah")),
        ("COMMAND NOT SUPPORT", Final(False, "modem menolak perintah")),
        ("+CMS ERROR: 38", Final(False, "jaringan rusak (CMS 38)", "CMS 38")),
        ("+CMS ERROR: 512", Final(False, "kesalahan yang tidak dikenal (CMS 512)", "CMS 512")),
        ("+CME ERROR: 10", Final(False, "kartu SIM tidak terpasang (CME 10)", "CME 10")),
        ("+CME ERROR: SIM not inserted", Final(False, "SIM not inserted", "CME SIM not inserted")),
        ("+CME ERROR:", Final(False, "kesalahan tanpa nomor", "CME ")),
        ("+CMGS: 255", Reference(255)),
        ("+CMGS: 0", Reference(0)),
        ('+CMGS: 12,"07914..."', Reference(12)),
        ("+CMGS: 256", None),
        ("+CMGS: x", None),
        ("+CDS: 25", FrameNext(25, None)),
        ("+CMT: ,24", FrameNext(24, None)),
        ('+CMT: "",24', FrameNext(24, None)),
        ("+CMT: x", None),
        ("+CMGL: 3,1,,24", FrameNext(24, 3)),
        ("+CMGL: 3", None),
        ('+CMTI: "SM",3', Stored("SM")),
        ('+CDSI: "SR",0', Stored("SR")),
        ('+CMTI: "SM"";AT+CFUN=0",3', None),
        ("+CPIN: READY", Sim("READY")),
        ("+CPIN: SIM PIN", Sim("SIM PIN")),
        ("+CSQ: 21,99", Signal(-71)),
        ("+CSQ: 0,0", Signal(-113)),
        ("+CSQ: 99,99", Signal(None)),
        ("+CREG: 0,1", Registration("CREG", 1)),
        ('+CREG: 2,5,"0EE3","2CE3"', Registration("CREG", 5)),
        ("+CREG: 5", Registration("CREG", 5)),
        ('+CREG: 1,"0EE3","2CE3"', Registration("CREG", 1)),
        ('+CREG: 1, "0EE3", "2CE3"', Registration("CREG", 1)),
        ("+CREG: 2,0EE3,2CE3", Registration("CREG", 2)),
        ("+CEREG: 0,2", Registration("CEREG", 2)),
        ('+COPS: 0,0,"TELKOMSEL",7', Operator("TELKOMSEL")),
        ("+COPS: 0", Operator("")),
        ("+CSMS: 0,1,1,1", Service(0)),
        ("+CSMS: 1,1,1", None),  # the answer to setting it names no service
        ("+CNMI: 2,2,0,1,0", Routing(2, 1)),
        ("+CNMI: 2,2", None),
        ("RDY", Restarted(True)),
        ("SMS Ready", Restarted(False)),
        ("+QIND: SMS DONE", Restarted(False)),
        ("^BOOT:91409020,0,0,0,6", None),
        ("^RSSI:14", None),
        ("RING", None),
        ("NO CARRIER", None),
    ],
)
def test_a_line_means_what_its_maker_says(line: str, answer: Answer | None) -> None:
    assert meaning(line) == answer


@given(st.text(max_size=100))
def test_any_line_has_a_meaning_or_none(line: str) -> None:
    meaning(line)
    meaning(f"+CMGL: {line}")
    meaning(f"+CREG: {line}")
    meaning(f"+CMS ERROR: {line}")
