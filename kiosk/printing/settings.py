"""How the printer of this kiosk is connected, as it stands in the configuration file.

Four connections and *none*. `usb` means the kernel's own driver (usblp, /dev/usb/lp*): it needs no root, detaches
nothing and, unlike libusb, tells how many bytes it took. This module reads no file and opens no printer.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One printer. `host` and `port` for network; `path` for file, serial and usb (empty: the only usblp printer)."""

    connection: Literal["network", "file", "serial", "usb", "none"] = "none"
    host: str = ""
    port: int = 9100
    path: str = ""
    paper_width_mm: Literal[58, 80] = 80
    baud: int = 115200
    flow_control: Literal["none", "rts_cts", "xon_xoff"] = "rts_cts"

    def __post_init__(self) -> None:
        if self.connection == "network" and not self.host:
            raise ValueError("printer connection 'network' needs host")
        if self.connection in ("file", "serial") and not self.path:
            raise ValueError(f"printer connection '{self.connection}' needs path")
        if not 1 <= self.port <= 65535:
            raise ValueError("printer port must be 1-65535")

    @property
    def paper_width_dots(self) -> Literal[576, 384]:
        """Printable width of the paper, in dots."""
        return 576 if self.paper_width_mm == 80 else 384
