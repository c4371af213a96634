"""The daemon `kentongan-bridge`: opens the database and the hardware that the settings name, and turns the loop.

What waits for the disk, the modem and the receiving centre has threads of its own (`desk`, `carriers`); this one waits
for edges only. It ends on `stop` and commands nothing more: an upgrade in the middle of an alert must not silence the
siren of a box, and the dead-man time ends whatever nobody takes up again (bare pins are released, and off until the
next start). Any other end is a crash, from which systemd starts it anew and it resumes from the rows. It tells systemd
that it is ready and, once a second, that its loop still turns.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from firmware_bridge.assembly import carriers_of, place_of, recorder_of, rounds_of
from firmware_bridge.box_line import BoxLine
from firmware_bridge.bridge import Bridge
from firmware_bridge.condition import Condition
from firmware_bridge.desk import DeskThread
from firmware_bridge.ports import EdgeSource, NoBox, Outputs, Voice
from firmware_bridge.voice.process import VoiceProcess, voice_command
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Clock, SystemClock
from kiosk.core.notify import notify
from kiosk.core.settings import SiteSettings
from kiosk.store.database import open_store

ALIVE_MS = 1_000
SWITCH_S = 0.001  # Python lets another thread in after this; with its 5 ms, three busy ones would take our turn's time

log = logging.getLogger("bridge")


def run(settings: SiteSettings, stop: threading.Event, clock: Clock | None = None) -> None:
    """Runs until `stop` is set; the loop ends within 50 ms of it, the threads within some seconds.

    Raises StoreError when the database cannot be opened, and RuntimeError when the thread that writes has died.
    """
    used_clock = clock or SystemClock()
    sys.setswitchinterval(SWITCH_S)
    with ExitStack() as opened:
        desk, record = opened.enter_context(_desk(settings, used_clock))
        source, outputs = opened.enter_context(hardware(settings.bridge, used_clock, record))
        voice = opened.enter_context(_voice(settings.bridge, used_clock))
        bridge = Bridge(settings.bridge, settings.site.utc_offset_h, source, outputs, desk, used_clock, voice)
        log.info("bridge runs", extra={"inputs": settings.bridge.inputs})
        alive_ms = None
        while not stop.is_set():
            bridge.turn()
            now_ms = used_clock.now().mono_ms
            if alive_ms is None or now_ms - alive_ms >= ALIVE_MS:
                notify("READY=1" if alive_ms is None else "WATCHDOG=1")
                alive_ms = now_ms
                bridge.say_alive()
        notify("STOPPING=1")
        log.info("bridge ends", extra={"open_alerts": len(bridge.open_alerts)})


@contextmanager
def _desk(settings: SiteSettings, clock: Clock) -> Iterator[tuple[DeskThread, Callable[[Condition], bool]]]:
    """The thread that writes, with the site's database and clients, and what records a condition of the box by it; at
    the end it is waited for before both close."""
    store = open_store(settings.database, clock)
    carriers = carriers_of(settings.bridge, settings.data_dir, clock)
    rounds, hatch = rounds_of(store, settings.bridge, place_of(settings), carriers)
    desk = DeskThread(rounds, hatch, clock)
    try:
        yield desk, recorder_of(store, hatch)
    finally:
        if desk.close():
            carriers.close()
            store.close()
        else:
            log.error("the disk holds the thread that writes; it is left to the kernel")


@contextmanager
def _voice(settings: BridgeSettings, clock: Clock) -> Iterator[Voice | None]:
    if settings.loudspeaker is None:
        yield None
        return
    with closing(VoiceProcess(voice_command(settings.loudspeaker), clock)) as voice:
        yield voice


@contextmanager
def hardware(
    settings: BridgeSettings, clock: Clock, record: Callable[[Condition], bool]
) -> Iterator[tuple[EdgeSource, Outputs]]:
    """The adapters that the settings name, open; closed at the end. `record` puts on disk what a box says of itself."""
    if settings.inputs == "simulated":
        with closing(BoxLine(settings.box_socket, clock, record)) as line:
            yield line, line
    elif settings.inputs == "panel":
        # Imported only here, as the pins below: pyserial belongs to the `device` extra.
        from firmware_bridge.panel.line import PanelLine

        with closing(PanelLine(settings.panel_port, clock, record)) as panel:
            yield panel, panel
    elif settings.inputs == "gpio":
        # Imported only here: gpiozero belongs to the `device` extra, which a site without pins need not install.
        from firmware_bridge.gpio import GpioButtons, GpioOutputs

        with (
            closing(GpioButtons(settings.buttons, clock)) as buttons,
            closing(GpioOutputs(settings.outputs, clock)) as outputs,
        ):
            yield buttons, outputs
    else:
        with closing(NoBox()) as nothing:
            yield nothing, nothing
