"""Any text → text that every receipt printer can print, with what was replaced still visible.

Decision: one code page, CP437 at ESC t 0. It is the only page that practically every printer has in the same slot
(34 of the 35 profiles that python-escpos ships; CP1252 at 16 is in 23). On a wrong page an "é" silently becomes
another letter; a visible replacement cannot lie. So: NFC, the Latin letters of CP437 as they are, typographic signs as
their plain ones, other letters without their marks, everything else as "?". Control characters never reach the
printer, so no text can carry a command.
"""

from __future__ import annotations

import unicodedata

DASH = "─"  # CP437 0xC4, a line as wide as its cell: our em dash
ACCENTED = "éâäàåêëèïîìÄÅÉôöòûùÿÖÜáíóúñÑ"
ALPHABET = frozenset(chr(code) for code in range(0x20, 0x7F)) | frozenset(ACCENTED + DASH)

_PLAIN = {
    "—": DASH, "―": DASH, "–": "-", "‐": "-", "‑": "-", "−": "-",
    "‘": "'", "’": "'", "‚": ",", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "•": "-", "·": "-", "×": "x", "÷": ":", "€": "EUR", "£": "GBP", "©": "(c)", "®": "(R)",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
    "ð": "d", "þ": "th", "ı": "i", "☐": "[ ]", "☑": "[x]", "✓": "v", "≤": "<=", "≥": ">=", "→": "->", "←": "<-",
    "⁄": "/",
}  # fmt: skip


def _shown(character: str) -> str:
    if character in ALPHABET:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    kind = unicodedata.category(character)
    if character.isspace() or kind in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if kind in ("Cf", "Mn", "Me"):  # joiners and marks: nothing to see alone; their letter was shown or became "?"
        return ""
    bases = [part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)]
    plain = "".join(_PLAIN.get(part, part) for part in bases)
    return plain if plain and all(part in ALPHABET for part in plain) else "?"


def printable(text: str) -> str:
    """`text` in letters of ALPHABET, runs of white space as one space, nothing at the ends."""
    return " ".join("".join(_shown(character) for character in unicodedata.normalize("NFC", text)).split())
