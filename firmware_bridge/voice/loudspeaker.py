"""Plays what the newest command asks for, in a thread that may wait for a synthesiser and for the sound card.

When nothing can be played that is a fault, tried again every five seconds for ever; the card is proven with silence
before anybody needs it. Lives in a process of its own
(`process` says why).
"""

from __future__ import annotations

import logging
import threading

from firmware_bridge.ports import Command
from firmware_bridge.voice.engines import engine_of, remembering
from firmware_bridge.voice.player import Player, ProcessPlayer, aplay_command
from firmware_bridge.voice.programme import PIECE_MS, Programme
from firmware_bridge.voice.tones import silence
from kiosk.core.clock import Clock
from kiosk.core.loudspeaker_settings import LoudspeakerSettings

STUCK_MS = 5_000  # a piece lasts 100 ms; a card that takes none for so long plays nothing
_SILENCE = silence(300).samples  # proves the card before anybody needs it; more than a pipe holds
_AGAIN_S = 5.0
_END_WITHIN_S = 5.0

log = logging.getLogger("bridge.voice")


class Loudspeaker:
    """Plays from its making to `close`."""

    def __init__(self, programme: Programme, player: Player, clock: Clock, again_s: float = _AGAIN_S) -> None:
        self._programme, self._player, self._clock, self._again_s = programme, player, clock, again_s
        self._wake, self._closing = threading.Event(), threading.Event()
        self._is_proven, self._fails = False, False
        self._writing_since_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)
        self._thread.start()

    def show(self, command: Command) -> None:
        self._programme.follow(command, self._clock.now().mono_ms)
        self._wake.set()

    def is_well(self, now_ms: int) -> bool:
        """False while nothing can be heard, though it should."""
        since_ms = self._writing_since_ms
        is_stuck = since_ms is not None and now_ms - since_ms > STUCK_MS
        return self._thread.is_alive() and not self._fails and not is_stuck

    def close(self) -> None:
        self._closing.set()
        self._wake.set()
        self._player.cut()
        self._thread.join(_END_WITHIN_S)
        self._player.cut()

    def _run(self) -> None:
        while not self._closing.is_set():
            now_ms = self._clock.now().mono_ms
            if self._programme.is_news(now_ms):
                self._player.cut()
            piece = self._programme.piece(now_ms)
            if piece is None and not self._is_proven:
                self._play(_SILENCE)
            elif piece is None:
                self._player.cut()
                self._wake.wait(PIECE_MS / 1000)
                self._wake.clear()
            else:
                self._play(piece)

    def _play(self, piece: bytes) -> None:
        self._writing_since_ms = self._clock.now().mono_ms
        try:
            self._player.write(piece)
        except OSError as error:
            if not self._fails and not self._closing.is_set():
                log.error("the loudspeaker plays nothing", extra={"error": str(error)})
            self._is_proven, self._fails = False, True
            self._closing.wait(self._again_s)
        else:
            self._is_proven, self._fails = True, False
        finally:
            self._writing_since_ms = None


def loudspeaker_of(settings: LoudspeakerSettings, clock: Clock) -> Loudspeaker:
    """Looks once for the voice that this machine has; the device is first opened when there is something to say."""
    engine = engine_of(settings)
    log.info("the box has a voice", extra={"engine": engine.name, "device": settings.device})
    programme = Programme(remembering(engine), settings.beat)
    return Loudspeaker(programme, ProcessPlayer(aplay_command(settings.device)), clock)
