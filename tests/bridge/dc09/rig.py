"""A receiver that the test plays, on TCP and UDP, and a session in time that the test passes."""

from __future__ import annotations

import socket
from typing import Any, Literal

import msgspec

from firmware_bridge.dc09.events import Event, Report
from firmware_bridge.dc09.evidence import Step, fault_words
from firmware_bridge.dc09.frames import Message, Token, decode, encode
from firmware_bridge.dc09.session import Session
from firmware_bridge.dc09.settings import ReceiverSettings
from kiosk.core.alert import AlertCode
from kiosk.core.clock import ManualClock, Moment

Transport = Literal["tcp", "udp"]
ACCOUNT = "1234"
KEYS = {"plain": "", "AES-128": "0123456789abcdef" * 2, "AES-192": "0123456789ABCDEF" * 3, "AES-256": "00ff" * 16}
RAISED = Event("alert-1", Report.RAISED, AlertCode.PANIC, zone=1)
SECOND = Event("alert-2", Report.RAISED, AlertCode.FIRE, zone=2)
TEST = Event("2025-11-22", Report.TEST)
SILENT_WORDS = ("pusat alarm DC-09 tidak menjawab",)


def settings(port: int = 9, transport: Transport = "tcp", **more: Any) -> ReceiverSettings:
    return ReceiverSettings("127.0.0.1", port, ACCOUNT, transport=transport, **more)


def later(now: Moment, seconds: float) -> Moment:
    step_ms = round(seconds * 1000)
    return msgspec.structs.replace(now, wall_ms=now.wall_ms + step_ms, mono_ms=now.mono_ms + step_ms)


def damaged(frame: bytes) -> bytes:
    """The same frame with a CRC that is not its own."""
    return frame[:1] + (b"0000" if frame[1:5] != b"0000" else b"FFFF") + frame[5:]


class Talk:
    """A session whose other end is the test. The jitter is 1, so the pauses are whole."""

    def __init__(self, first_sequence: int = 1, **more: Any) -> None:
        self.settings = settings(**more)
        self.now = ManualClock().now()
        self.session = Session(self.settings, self.now, first_sequence, jitter=lambda: 1.0)

    def pass_s(self, seconds: float) -> None:
        self.now = later(self.now, seconds)
        self.session.tick(self.now)

    def pass_until_due(self) -> float:
        """Waits for the next thing that the session wants to do; returns how long that was, in seconds."""
        waited_s = max(0, self.session.due_ms() - self.now.mono_ms) / 1000
        self.pass_s(waited_s)
        return waited_s

    def ask(self) -> Message:
        """What the session sends now; it must want to."""
        assert self.session.is_due_to_send(self.now)
        frame = self.session.begin(self.now)
        self.handed = self.session.handed(self.now)
        return decode(frame, self.settings.cipher())

    def answer(self, data: bytes) -> list[Step]:
        return self.session.received(data, self.now)

    def reply(self, token: Token, question: Message, time_ms: int | None = None) -> bytes:
        """The frame that a good receiver answers with."""
        cipher = self.settings.cipher() if token is Token.ACK else None
        told_ms = self.now.wall_ms if time_ms is None and cipher is not None else time_ms
        return encode(Message(token, question.sequence, question.account, time_ms=told_ms), cipher)

    def words(self) -> tuple[str, ...]:
        """What is wrong with the path now."""
        return fault_words(self.session.health, self.now.mono_ms)


class PlayedReceiver:
    """A receiver by hand, on a port of its own: takes one question and answers what the test wants."""

    def __init__(self, transport: Transport, key: str = "") -> None:
        self.transport = transport
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self._socket = socket.socket(socket.AF_INET, kind)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(10)
        if transport == "tcp":
            self._socket.listen(8)
        self.port = int(self._socket.getsockname()[1])
        self.cipher = settings(key=key).cipher()
        self._line: socket.socket | None = None
        self._peer: Any = None

    def question(self) -> Message:
        """The next question, on a new connection."""
        if self.transport == "udp":
            frame, self._peer = self._socket.recvfrom(4_096)
            return decode(frame, self.cipher)
        self.hang_up()
        self._line, _ = self._socket.accept()
        self._line.settimeout(10)
        frame = b""
        while not frame.endswith(b"\r"):
            came = self._line.recv(4_096)
            assert came, "the sender hung up before its frame was whole"
            frame += came
        return decode(frame, self.cipher)

    def say(self, data: bytes) -> None:
        if self._line is not None:
            self._line.sendall(data)
        else:
            self._socket.sendto(data, self._peer)

    def ack(self, question: Message) -> bytes:
        told_ms = ManualClock().now().wall_ms if self.cipher is not None else None
        return encode(Message(Token.ACK, question.sequence, question.account, time_ms=told_ms), self.cipher)

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def close(self) -> None:
        self.hang_up()
        self._socket.close()


def talking(**more: Any) -> Talk:
    """A session whose first poll was answered."""
    talk = Talk(**more)
    talk.answer(talk.reply(Token.ACK, talk.ask()))
    return talk
