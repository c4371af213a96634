"""The parts of a demo that live in its own process: box, printer and cable, modem and receiving
centre, questions about health, and the pages.

They start in the order of who needs whom and end in the opposite one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from deploy.demo import broker
from deploy.demo.addresses import HOST, Addresses
from deploy.demo.box import Box
from deploy.demo.cable import Cable
from deploy.demo.front import create_app
from deploy.demo.health import Answer, Health, ask
from deploy.demo.ladder import demo_ladder
from deploy.demo.modem import PluggedModem
from deploy.demo.page_server import PageServer
from deploy.demo.printer import PluggedPrinter
from deploy.demo.proof import KioskAlerts
from deploy.demo.receiving_centre import ReceivingCentre
from deploy.demo.settings_files import BUTTONS, DemoSettings
from deploy.demo.simulation import KIOSK, Simulation
from deploy.demo.sounds import Sounds
from deploy.demo.supervisor import Supervisor
from deploy.demo.tour import Tour, tour_of
from firmware_bridge.voice.engines import engine_of
from kiosk.core.alarm_words import Lamp
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.http.stream import Streams


class Rig:
    """A context manager; everything works inside it. Raises `OSError` when a port was taken in the meantime."""

    def __init__(self, settings: DemoSettings, addresses: Addresses, supervisor: Supervisor) -> None:
        self._settings, self._addresses, self._supervisor = settings, addresses, supervisor
        self._stack = ExitStack()
        self.tour: Tour = tour_of(settings.demo, addresses, settings.folder)
        self.simulation: Simulation

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            addresses = self._addresses
            box = stack.enter_context(Box(self._settings.box_socket, inputs=BUTTONS))
            printer = stack.enter_context(PluggedPrinter(self._settings.paper, addresses.printer))
            modem = stack.enter_context(PluggedModem(self._settings.modem, demo_ladder()))
            centre = stack.enter_context(ReceivingCentre(HOST, addresses.receiver))
            cable = stack.enter_context(Cable(addresses.broker, addresses.network, self._settings.carriers))
            health = stack.enter_context(Health(_questions(addresses)))
            kiosk = stack.enter_context(KioskAlerts(addresses.kiosk_url, lambda: box.state()["lamp"] != Lamp.OFF.value))
            sounds = Sounds(engine_of(LoudspeakerSettings()))
            parts = (box, printer, modem, centre, cable, self._supervisor, health, kiosk, sounds)
            self.simulation = Simulation(*parts)
            streams = Streams()
            app = create_app(self.simulation, self.tour, streams)
            stack.enter_context(PageServer(app, HOST, addresses.front, streams))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()


def _questions(addresses: Addresses) -> dict[str, Callable[[], Answer]]:
    return {
        KIOSK: lambda: ask(f"{addresses.kiosk_url}/healthz"),
        "central": lambda: ask(f"{addresses.central_url}/healthz"),
        "broker": lambda: Answer(ok=broker.accepts(addresses.broker)),
    }
