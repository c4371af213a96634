"""The questions a modem is asked: once when it is set up, and every half minute while it is idle.

Decisions behind the settings:
- `CMGF=0`, PDU mode: see `pdu`. So there is no AT+CSMP; the wish for a report lies in every frame.
- `CSMS=0`: the modem itself acknowledges to the network what it hands us. With 1 we would have to say AT+CNMA within
  the network's time limit of some 15 s, which a busy line (`+CMGS` may take a minute) cannot promise, and a modem that
  misses one switches all routing off (TS 27.005, +CNMA). One that insists on 1 gets its AT+CNMA, and AT+CNMI? is
  compared every half minute, which heals that and a restart that nobody noticed.
- `CNMI` with ds=1, never 2: Quectel EC25 and Huawei MU509 store reports where they cannot be read back, and SIM800
  refuses 2. Several forms are tried, as modems differ in mode and mt. Without reports (the last forms) texts are still
  sent, and health says that nothing can prove their arrival.
- `&D2`: dropping DTR ends whatever the modem hangs in.
- A PIN is given once for every time it is handed to us, never twice: after three wrong ones the SIM locks.
"""

from __future__ import annotations

from collections import deque

import msgspec

from firmware_bridge.modem.answers import Final
from firmware_bridge.modem.events import Event, PinAccepted, PinNeeded, PinRefused
from firmware_bridge.modem.health import sim_words
from firmware_bridge.modem.known import Known


class Question(msgspec.Struct, frozen=True):
    """One command, how long its answer may take, and whether the modem is of no use without it."""

    command: str
    limit_ms: int = 5_000
    needed: bool = False


class Held(msgspec.Struct, frozen=True):
    """The modem cannot be used now, and why."""

    words: str


_ECHO_OFF = Question("ATE0")
SIM_STATE = Question("AT+CPIN?", 10_000)
_PREPARE = (
    Question("AT+CMEE=1"),
    Question("AT&D2"),
    Question("AT+CMGF=0", needed=True),  # SIM800 refuses it until its "SMS Ready"; it is then asked again
    Question("AT+CSMS=0"),
    Question("AT+CSMS?"),
    Question("AT+COPS=3,0", 10_000),
)
_ROUTINGS = ("2,2,0,1,0", "1,2,0,1,0", "3,2,0,1,0", "2,1,0,1,0", "1,1,0,1,0", "2,1,0,0,0", "1,1,0,0,0")
ACKNOWLEDGE = Question("AT+CNMA")
LIST_STORED = Question("AT+CMGL=4", 20_000)
ROUTING_STATE = Question("AT+CNMI?")
LOOK_ROUND = (
    SIM_STATE,
    Question("AT+CSQ"),
    Question("AT+CREG?"),
    Question("AT+CEREG?"),
    Question("AT+COPS?", 15_000),
    ROUTING_STATE,
)


def memory(name: str) -> Question:
    """Looks into `name` (SM, ME, MT) from now on."""
    return Question(f'AT+CPMS="{name}"')


def forget(index: int) -> Question:
    """Frees a place in the memory."""
    return Question(f"AT+CMGD={index}")


class SetUp:
    """One way through the set-up after another. `routing` is what was agreed: where messages and reports go."""

    def __init__(self) -> None:
        self.pin = ""
        self._events: list[Event] = []
        self.routing = (0, 0)
        self._left: deque[Question] = deque()
        self._forms: deque[str] = deque()
        self._asked = _ECHO_OFF

    def start(self) -> Question:
        """The first question."""
        self._left, self._forms = deque((_ECHO_OFF, SIM_STATE)), deque()
        return self._next()

    def take_events(self) -> list[Event]:
        """What became of the PIN since the last call."""
        events, self._events = self._events, []
        return events

    def answered(self, final: Final, known: Known) -> Question | Held | None:
        """The next question after this end of an answer; None when all is done."""
        asked = self._asked
        if asked == SIM_STATE:
            return self._after_sim_state(final, known)
        if asked.command.startswith("AT+CPIN="):
            self._events.append(PinAccepted() if final.ok else PinRefused())
            return Held("kartu SIM belum siap" if final.ok else f"PIN ditolak ({final.words}), periksa berkas PIN")
        if asked.command.startswith("AT+CNMI="):
            return self._after_routing(final, asked)
        if asked.needed and not final.ok:
            return Held(f"modem belum siap ({final.words})")
        return self._next() if self._left else self._next_routing()

    def _after_sim_state(self, final: Final, known: Known) -> Question | Held:
        if final.ok and known.is_sim_ready:
            self._left.extend(_PREPARE)
            self._forms = deque(_ROUTINGS)
            return self._next()
        if final.ok and known.sim == "SIM PIN":
            pin, self.pin = self.pin, ""
            if pin:
                self._asked = Question(f'AT+CPIN="{pin}"', 15_000)
                return self._asked
            self._events.append(PinNeeded())
        return Held(sim_words(known.sim) if final.ok else final.words)

    def _after_routing(self, final: Final, asked: Question) -> Question | None:
        if not final.ok:
            return self._next_routing()
        _, messages, _, reports, _ = asked.command.removeprefix("AT+CNMI=").split(",")
        self.routing = int(messages), int(reports)
        return None

    def _next_routing(self) -> Question | None:
        if not self._forms:
            self.routing = (0, 0)
            return None
        self._asked = Question(f"AT+CNMI={self._forms.popleft()}")
        return self._asked

    def _next(self) -> Question:
        self._asked = self._left.popleft()
        return self._asked
