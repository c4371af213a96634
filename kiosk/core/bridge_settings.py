"""The `[bridge]` table of a site's settings: which buttons there are, on which wires, and how long things last.

Kept in the core, beside the other settings, because `kentongan config check` must be able to refuse a bad one on a
machine without any hardware. Figures that come from a standard say so; the rest are local rules and may be changed.
Numbers of people are not here: they come with the ladder, a document of the central.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from kiosk.core.alert import UNANSWERED_AFTER_S, AlertCode
from kiosk.core.beat_settings import BeatSettings
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.quick_presses import QuickPresses
from kiosk.core.receiver_settings import ReceiverSettings

InputName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]  # BCM numbers of the 40-pin header
MAP_LINK_LENGTH = 60  # what one SMS has room for beside its words
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One button: what a press means, and on real GPIO its pin (closed to ground, internal pull-up).

    `silent`: for whoever is forced; nothing of it is lit, sounded or shown at the box, whatever `code` says.
    """

    code: AlertCode
    pin: Pin | None = None
    silent: bool = False

    @property
    def raises(self) -> AlertCode:
        """The code of the alert that a press raises."""
        return AlertCode.SILENT if self.silent else self.code


class OutputPins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """BCM pins of the outputs, active high; striker (solenoid of a wooden kentongan) and buzzer are optional."""

    siren: Pin = 27
    lamp_red: Pin = 22
    lamp_amber: Pin = 23
    lamp_green: Pin = 24
    striker: Pin | None = None
    buzzer: Pin | None = None  # one that sounds by itself as soon as it has power


def _one_panic_button() -> dict[InputName, Button]:
    return {"panic": Button(AlertCode.PANIC, pin=17)}


class BridgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`host_lost` says what the siren does when this computer dies: finish its time, or fall silent within seconds.

    `panel_port` is the panel board's serial port, or a pattern of ports since a port may come back under another name;
    the default is any board that runs MicroPython. `quick` is absent where quick presses mean nothing, `modem` where
    there is no SMS, `receiver` where no alarm receiving centre is told, `loudspeaker` where the box says nothing in
    words. `unanswered_after_s` may only make the last rung of the ladder come sooner. `map_link` is what a telephone
    opens to find the box.
    """

    inputs: Literal["gpio", "panel", "simulated", "none"] = "none"
    box_socket: Annotated[str, msgspec.Meta(max_length=107)] = ""  # what fits into a Unix socket's address
    buttons: dict[InputName, Button] = msgspec.field(default_factory=_one_panic_button)
    outputs: OutputPins = OutputPins()
    hold_s: Annotated[float, msgspec.Meta(ge=0.1, le=10)] = 1.0
    debounce_ms: Annotated[int, msgspec.Meta(ge=5, le=200)] = 30
    siren_limit_s: Seconds = 180.0
    siren_rest_s: Seconds = 60.0
    host_lost: Literal["finish", "stop"] = "finish"
    unanswered_after_s: Annotated[float, msgspec.Meta(gt=0, le=UNANSWERED_AFTER_S)] = UNANSWERED_AFTER_S
    panel_port: Annotated[str, msgspec.Meta(pattern="^/", max_length=255)] = "/dev/serial/by-id/usb-MicroPython_*"
    map_link: Annotated[str, msgspec.Meta(pattern=r"^(https?://[!-Z_a-z]+)?\Z", max_length=MAP_LINK_LENGTH)] = ""
    quick: QuickPresses | None = None
    beats: BeatSettings = BeatSettings()
    modem: ModemSettings | None = None
    receiver: ReceiverSettings | None = None
    loudspeaker: LoudspeakerSettings | None = None

    def __post_init__(self) -> None:
        if not self.buttons:
            raise ValueError("tulis sedikitnya satu tombol, misalnya [bridge.buttons.panic]")
        if self.inputs == "simulated" and not self.box_socket:
            raise ValueError('inputs = "simulated" memerlukan box_socket, jalur soket kotak simulasi')
        if self.inputs == "gpio" and (missing := [name for name, button in self.buttons.items() if button.pin is None]):
            raise ValueError(f"tombol {', '.join(missing)} belum punya pin")
        if self.modem is not None and not self.modem.devices:
            raise ValueError('tulis perangkat modem, misalnya devices = ["/dev/serial/by-id/usb-SimTech*-if02*"]')
        self._check_pins()

    def _check_pins(self) -> None:
        used: dict[int, str] = {}
        for name, pin in self._wires():
            if pin in used:
                raise ValueError(f"pin {pin} dipakai dua kali: {used[pin]} dan {name}")
            used[pin] = name

    def _wires(self) -> Iterator[tuple[str, int]]:
        """Every pin that something will drive or read, by what it is for."""
        if self.inputs == "gpio":
            for name, button in self.buttons.items():
                if button.pin is not None:
                    yield f"tombol {name}", button.pin
            for name in self.outputs.__struct_fields__:
                pin: int | None = getattr(self.outputs, name)
                if pin is not None:
                    yield f"keluaran {name}", pin
        if self.modem is not None and self.modem.power_pin is not None:
            yield "daya modem", self.modem.power_pin
