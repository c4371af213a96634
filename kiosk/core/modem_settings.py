"""How a site describes its GSM modem. Pure; a wrong value is refused in words before anything is opened.

A modem is found by name: USB names under /dev/serial/by-id stay the same when the kernel numbers its ports anew, and a
modem with several ports has several names, which are tried in turn until one answers AT. A pattern that fits every
device is refused, because the panel board is a serial device too and must not be talked to in AT.
The PIN lies in a file of its own (mode 0640, group kentongan); better still is a SIM whose PIN is switched off.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

DevicePattern = Annotated[str, msgspec.Meta(pattern=r"^/[!-~]+$", max_length=200)]
Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]  # BCM numbers of the 40-pin header


class ModemSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`devices`: paths, with * and ?, tried in order; none means that there is no modem.

    `power_pin` (BCM, active high) must cut the supply or drive RESET for `power_off_s`: PWRKEY of SIM800 and the like
    toggles, and would switch a modem off that had just come back. `pin_file` holds the SIM's PIN and nothing else.
    """

    devices: Annotated[tuple[DevicePattern, ...], msgspec.Meta(max_length=8)] = ()
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] = 115200
    pin_file: Annotated[str, msgspec.Meta(max_length=500)] = ""
    power_pin: Pin | None = None
    power_off_s: Annotated[float, msgspec.Meta(ge=0.1, le=30)] = 2.0

    def __post_init__(self) -> None:
        for device in self.devices:
            if len(device.rpartition("/")[2].strip("*?")) < 3:
                raise ValueError(f"{device} cocok dengan segala perangkat: tulis sebagian nama modemnya")
        if self.pin_file and not self.pin_file.startswith("/"):
            raise ValueError("pin_file harus jalur lengkap, misalnya /etc/kentongan/sim.pin")
