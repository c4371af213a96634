"""The `[bridge]` table of a site's settings: which buttons there are, on which wires, and how long things last.

Kept in the core, beside the other settings, because `kentongan config check` must be able to refuse a bad one on a
machine without any hardware. Figures that come from a standard say so; the rest are local rules and may be changed.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kiosk.core.alert import UNANSWERED_AFTER_S, AlertCode

InputName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]  # BCM numbers of the 40-pin header
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One button: what a press means, and on real GPIO its pin (closed to ground, internal pull-up)."""

    code: AlertCode
    pin: Pin | None = None


class OutputPins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """BCM pins of the outputs, active high; the striker (solenoid of a wooden kentongan) is optional."""

    siren: Pin = 27
    lamp_red: Pin = 22
    lamp_amber: Pin = 23
    lamp_green: Pin = 24
    striker: Pin | None = None


def _one_panic_button() -> dict[InputName, Button]:
    return {"panic": Button(AlertCode.PANIC, pin=17)}


class BridgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`panel_port` is the panel board's serial port, or a pattern of ports since a port may come back under another
    name; the default is any board that runs MicroPython. `host_lost` says what the siren does when this computer dies:
    finish its time, or fall silent within seconds."""

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

    def __post_init__(self) -> None:
        if not self.buttons:
            raise ValueError("tulis sedikitnya satu tombol, misalnya [bridge.buttons.panic]")
        if self.inputs == "simulated" and not self.box_socket:
            raise ValueError('inputs = "simulated" memerlukan box_socket, jalur soket kotak simulasi')
        if self.inputs == "gpio":
            self._check_pins()

    def _check_pins(self) -> None:
        missing = [name for name, button in self.buttons.items() if button.pin is None]
        if missing:
            raise ValueError(f"tombol {', '.join(missing)} belum punya pin")
        outputs = self.outputs
        pins = [button.pin for button in self.buttons.values()]
        pins += [outputs.siren, outputs.lamp_red, outputs.lamp_amber, outputs.lamp_green, outputs.striker]
        wired = [pin for pin in pins if pin is not None]
        doubled = sorted({pin for pin in wired if wired.count(pin) > 1})
        if doubled:
            raise ValueError(f"pin {', '.join(map(str, doubled))} dipakai lebih dari sekali")
