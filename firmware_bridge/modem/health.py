"""What a technician is told about the modem: one frozen value, replaced whole, so any thread may read it.

Balance-agnostic: no AT command tells what a prepaid card has left, and each operator's USSD menu differs. A card
without money shows as texts that the network refuses, with the network's reason.
"""

from __future__ import annotations

import msgspec

from firmware_bridge.modem.answers import REGISTERED, SIM_READY
from firmware_bridge.modem.phases import Phase

WEAK_DBM = -105  # below this texts begin to need several attempts; GSM's reference sensitivity is -102 to -104 dBm

_SIM_WORDS = {
    SIM_READY: "siap",
    "SIM PIN": "kartu SIM meminta PIN",
    "SIM PUK": "kartu SIM terkunci, perlu PUK dari operator",
    "SIM PIN2": "kartu SIM meminta PIN2",
    "SIM PUK2": "kartu SIM meminta PUK2",
    "NOT INSERTED": "kartu SIM tidak terpasang",
    "NOT READY": "kartu SIM belum siap",
}
_REGISTRATION_WORDS = {
    0: "tidak mencari jaringan",
    1: "terdaftar",
    2: "mencari jaringan",
    3: "ditolak jaringan",
    4: "tidak diketahui",
    5: "terdaftar (roaming)",
    6: "terdaftar, hanya SMS",
    7: "terdaftar, hanya SMS (roaming)",
    8: "hanya panggilan darurat",
    9: "terdaftar",
    10: "terdaftar (roaming)",
}


class Health(msgspec.Struct, frozen=True):
    """`signal_dbm` is None when unknown, `registration` the better of both networks, None before the first answer.

    `stalls` counts how often the modem fell silent, `garbled` lines and frames that could not be read, both since the
    start of the program. `device` is the port's name as it was found, empty while there is none.
    """

    phase: Phase = Phase.ABSENT
    device: str = ""
    sim: str = ""
    registration: int | None = None
    operator: str = ""
    signal_dbm: int | None = None
    reports: bool = True
    waiting: int = 0
    unreported: int = 0
    stalls: int = 0
    garbled: int = 0
    trouble: str = ""

    @property
    def is_registered(self) -> bool:
        return self.registration in REGISTERED

    @property
    def is_usable(self) -> bool:
        """Whether a text would be taken now, as far as is known."""
        return self.phase in (Phase.READY, Phase.ASKED, Phase.OFFERED, Phase.GIVEN) and self.is_registered

    @property
    def words(self) -> str:
        """One line for people: `Telkomsel, terdaftar, sinyal -71 dBm`."""
        signal = f"sinyal {self.signal_dbm} dBm" if self.signal_dbm is not None else "sinyal tidak diketahui"
        state = registration_words(self.registration)
        return ", ".join([*([self.operator] if self.operator else []), state, signal])

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong now, in plain words; empty when all is well."""
        if self.phase is Phase.ABSENT:
            return ("modem SMS tidak terhubung",)
        if self.phase in (Phase.WAKING, Phase.QUIET, Phase.RESETTING):
            return ("modem SMS tidak menjawab",)
        if self.phase is Phase.HELD:
            return (f"modem SMS: {self.trouble or sim_words(self.sim)}",)
        if self.phase is Phase.SETTING_UP:
            return ("modem SMS sedang disiapkan",)
        wrong = []
        if not self.is_registered:
            wrong.append(f"modem SMS: {registration_words(self.registration)}")
        elif self.signal_dbm is not None and self.signal_dbm < WEAK_DBM:
            wrong.append(f"sinyal modem SMS lemah ({self.signal_dbm} dBm)")
        if not self.reports:
            wrong.append("modem SMS tidak memberi laporan sampai")
        return tuple(wrong)


def sim_words(state: str) -> str:
    """`AT+CPIN?`'s answer in words."""
    return _SIM_WORDS.get(state, f"kartu SIM: {state}" if state else "kartu SIM tidak diketahui")


def registration_words(stat: int | None) -> str:
    """`AT+CREG?`'s answer in words."""
    return _REGISTRATION_WORDS.get(stat, "tidak diketahui") if stat is not None else "jaringan tidak diketahui"
