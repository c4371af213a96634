"""What the simulation asks of the parts it is made of, so that tests can put stand-ins in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from deploy.demo.group import Status
from deploy.demo.health import Answer
from deploy.demo.line import Mode
from deploy.demo.network import Traffic
from deploy.demo.proof import Alert


class Box(Protocol):
    def press(self, name: str, hold_s: float) -> None:
        """Raises `NotFound` for an input that the box does not have."""

    def release(self, name: str) -> None: ...

    def state(self) -> Mapping[str, Any]: ...

    def power_off(self) -> None: ...

    def power_on(self) -> None: ...


class Printer(Protocol):
    @property
    def paper(self) -> str: ...

    @property
    def online(self) -> bool: ...

    @property
    def printed(self) -> int: ...

    def set_paper(self, paper: str) -> None: ...

    def set_online(self, online: bool) -> None: ...

    def power_off(self) -> None: ...

    def power_on(self) -> None: ...

    def jobs(self) -> Sequence[Any]: ...

    def picture(self) -> bytes: ...


class Modem(Protocol):
    def texts(self) -> Sequence[Any]:
        """Newest first."""

    def answer(self, contact_id: str, text: str) -> None:
        """Raises `NotFound` for somebody who is not on the ladder."""

    def set_signal(self, has_signal: bool) -> None: ...

    def power_off(self) -> None: ...

    def power_on(self) -> None: ...


class Centre(Protocol):
    def entries(self) -> Sequence[Any]:
        """Newest first."""

    @property
    def polled_ms(self) -> int | None: ...

    def set_line(self, up: bool) -> None: ...


class Network(Protocol):
    @property
    def mode(self) -> Mode: ...

    @property
    def traffic(self) -> Traffic: ...

    def set_mode(self, mode: Mode) -> None: ...


class Processes(Protocol):
    def cut(self, name: str) -> None: ...

    def restore(self, name: str) -> None: ...

    def status(self) -> dict[str, Status]: ...


class Servers(Protocol):
    def answers(self) -> dict[str, Answer]: ...

    def wait_until_well(self, name: str, timeout_s: float) -> bool: ...


class Kiosk(Protocol):
    def alert(self) -> Alert | None:
        """The alert that lamp and screen speak of."""
