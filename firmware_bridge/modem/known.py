"""What the modem has told about itself so far; `health` makes words of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware_bridge.modem.answers import (
    REGISTERED,
    SIM_READY,
    Answer,
    Operator,
    Registration,
    Routing,
    Service,
    Signal,
    Sim,
)


@dataclass
class Known:
    """Forgotten as a whole when the port closes. `routing` is what AT+CNMI? said last, None before."""

    sim: str = ""
    operator: str = ""
    signal_dbm: int | None = None
    acknowledges: bool = True  # whether the modem itself tells the network that we have a message
    routing: Routing | None = None
    registrations: dict[str, int] = field(default_factory=dict)

    def learn(self, answer: Answer) -> None:
        """Takes what an answer or an unasked line says."""
        match answer:
            case Sim(state):
                self.sim = state
            case Operator(name):
                self.operator = name
            case Signal(dbm):
                self.signal_dbm = dbm
            case Service(number):
                self.acknowledges = number == 0
            case Routing():
                self.routing = answer
            case Registration(network, stat):
                self.registrations[network] = stat
            case _:
                pass

    @property
    def is_sim_ready(self) -> bool:
        return self.sim == SIM_READY

    @property
    def registration(self) -> int | None:
        """The state in whichever network it is registered, else in the last one asked; None before any answer."""
        stats = list(self.registrations.values())
        return next((stat for stat in stats if stat in REGISTERED), stats[0] if stats else None)

    @property
    def is_registered(self) -> bool:
        """Whether a text may be sent: also with a modem that has answered questions, but none about registration."""
        return self.registration in REGISTERED or (self.signal_dbm is not None and self.registration is None)
