"""How the printer of this kiosk is connected, as it stands in the configuration file.

Four connections and *none*. `usb` means the kernel's own driver (usblp, /dev/usb/lp*): it needs no root, detaches
nothing and, unlike libusb, tells how many bytes it took. This module reads no file and opens no printer.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Medium(msgspec.Struct, frozen=True):
    """What a ticket has to know of the printer that it is drawn for.

    `qr`: drawn by us, or by the printer itself (GS ( k). `letters`: drawn by us, or the printer's own Font A: plainer
    and smaller, and a third of the bytes for a slow serial line.
    """

    width_dots: Literal[576, 384] = 576
    qr: Literal["raster", "native"] = "raster"
    letters: Literal["drawn", "printer"] = "drawn"


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One printer. `host` and `port` for network; `path` for file, serial and usb (empty: the only usblp printer).

    `proof`: how it is asked whether a ticket is on paper. "auto" tries process ids (GS ( H) and else GS r;
    "paper_status" only GS r, for a printer that prints the other as letters; "none" asks nothing.
    """

    connection: Literal["network", "file", "serial", "usb", "none"] = "none"
    host: str = ""
    port: int = 9100
    path: str = ""
    paper_width_mm: Literal[58, 80] = 80
    baud: int = 115200
    flow_control: Literal["none", "rts_cts", "xon_xoff"] = "rts_cts"
    proof: Literal["auto", "paper_status", "none"] = "auto"
    qr: Literal["raster", "native"] = "raster"
    letters: Literal["drawn", "printer"] = "drawn"

    def __post_init__(self) -> None:
        if self.connection == "network" and not self.host:
            raise ValueError("printer connection 'network' needs host")
        if self.connection in ("file", "serial") and not self.path:
            raise ValueError(f"printer connection '{self.connection}' needs path")
        if not 1 <= self.port <= 65535:
            raise ValueError("printer port must be 1-65535")

    @property
    def medium(self) -> Medium:
        """The paper and how it is written on."""
        return Medium(576 if self.paper_width_mm == 80 else 384, self.qr, self.letters)
