"""The network cable of the simulated site: the faulty network, and the carrier that the kernel would report.

A pulled plug is two things to a computer: its connections break, and the interface loses its carrier. A silent or slow
network keeps its carrier. The agent watches both, so the demo shows both: the carrier in a folder shaped like
`/sys/class/net`, which the site's settings name.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy, Traffic

_INTERFACE = "eth0"


class Cable:
    """Starts pulled: `set_mode(Mode.UP)` plugs it in."""

    def __init__(self, target_port: int, port: int, carriers: Path) -> None:
        self._network = NetworkProxy(target_port, port, mode=Mode.DOWN)
        self._carrier = carriers / _INTERFACE / "carrier"

    @property
    def mode(self) -> Mode:
        return self._network.mode

    @property
    def traffic(self) -> Traffic:
        return self._network.traffic

    def set_mode(self, mode: Mode) -> None:
        """When it returns, the network behaves that way and the carrier says so."""
        self._network.set_mode(mode)
        self._show_carrier()

    def _show_carrier(self) -> None:
        self._carrier.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._carrier.with_suffix(".new")
        fresh.write_text("0\n" if self._network.mode is Mode.DOWN else "1\n")
        fresh.replace(self._carrier)

    def __enter__(self) -> Self:
        self._network.start()
        self._show_carrier()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._network.stop()
