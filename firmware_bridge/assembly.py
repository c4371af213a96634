"""Puts the parts of a site's bridge together: clients by its settings, the ladder's runner, and who does the rounds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from firmware_bridge.carriers import Carriers, SmsClient
from firmware_bridge.condition import Condition
from firmware_bridge.condition_book import ConditionBook
from firmware_bridge.daily_test import DailyTest
from firmware_bridge.dc09.client import ReceiverClient
from firmware_bridge.dc09.settings import with_key
from firmware_bridge.hatch import Hatch, Picture
from firmware_bridge.ladder_runner import LadderRunner
from firmware_bridge.modem.power import PowerPin
from firmware_bridge.modem.texts import Place
from firmware_bridge.rounds import Rounds
from firmware_bridge.site_documents import SiteDocuments
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.clock import Clock
from kiosk.core.errors import StoreError
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.receiver_settings import ReceiverSettings
from kiosk.core.settings import SiteSettings
from kiosk.store.database import Store


def carriers_of(settings: BridgeSettings, data_dir: Path, clock: Clock) -> Carriers:
    """The clients that the settings name; nothing is opened before they are first watched."""
    modem, receiver = settings.modem, settings.receiver
    return Carriers(
        partial(_modem, modem, data_dir, clock) if modem is not None else None,
        partial(_receiver, receiver, clock) if receiver is not None else None,
    )


def rounds_of(store: Store, settings: BridgeSettings, place: Place, carriers: Carriers) -> tuple[Rounds, Hatch]:
    """The rounds on `store`, and the hatch to them."""
    documents = SiteDocuments(store, settings)
    hatch = Hatch(Picture(documents.ladder, documents.codes))
    runner = LadderRunner(store, carriers, place, tuple(settings.buttons))
    test = DailyTest(store, carriers, runner.hearing, place.utc_offset_h)
    return Rounds(store, documents, runner, test, hatch), hatch


def recorder_of(store: Store, hatch: Hatch) -> Callable[[Condition], bool]:
    """Whether a condition that the box tells is on disk; if it is not, it will be soon, by the thread that writes."""
    book = ConditionBook(store)

    def write(condition: Condition) -> None:
        if not book.commit(condition):
            raise StoreError("keadaan kotak belum dapat dicatat")

    return lambda condition: hatch.once(condition.key, partial(write, condition))


def place_of(settings: SiteSettings) -> Place:
    """What a text says of where the box stands."""
    return Place(settings.site.name, settings.bridge.map_link, settings.site.utc_offset_h)


def _modem(settings: ModemSettings, data_dir: Path, clock: Clock) -> SmsClient:
    # Imported only here: pyserial belongs to the `device` extra, which a site without a modem need not install.
    from firmware_bridge.modem.port import Modem

    return Modem(settings, data_dir, clock, _power(settings))


def _power(settings: ModemSettings) -> PowerPin | None:
    if settings.power_pin is None:
        return None
    from firmware_bridge.modem.gpio_power import GpioPower  # gpiozero is of the `device` extra too

    return GpioPower(settings.power_pin, settings.power_off_s)


def _receiver(settings: ReceiverSettings, clock: Clock) -> ReceiverClient:
    return ReceiverClient(with_key(settings), clock)
