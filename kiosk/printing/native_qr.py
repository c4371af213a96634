"""A QR that the printer makes itself, as GS ( k commands (functions 165, 167, 169, 180 and 181)."""

from __future__ import annotations

from kiosk.printing.symbol import Symbol


def native_qr(text: str, symbol: Symbol, module_dots: int) -> bytes:
    """The same modules in the same size as `symbol` has when it is drawn."""
    stored = text.encode()
    return b"".join(
        b"\x1d(k" + len(function).to_bytes(2, "little") + function
        for function in (
            b"1A2\0",  # model 2
            b"1C" + bytes((module_dots,)),
            b"1E" + bytes((symbol.level,)),
            b"1P0" + stored,
            b"1Q0",
        )
    )
