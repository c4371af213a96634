"""The alphabet of an SMS: 160 septets of the GSM 7-bit default alphabet (3GPP TS 23.038), measured, packed, read.

Decision: only this alphabet is ever sent. One character outside it would switch the whole message to UCS-2 with 70
characters, and an alarm that is cut or split is worse than one without an accent. So text is transliterated first, and
what has no likeness becomes "?". Characters of the extension table cost two septets. No national shift tables: phones
that lack them show nonsense.
"""

from __future__ import annotations

import unicodedata

MESSAGE_SEPTETS = 160  # 140 octets of user data, TS 23.040

_ESCAPE = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_SEPTET = {character: septet for septet, character in enumerate(_BASIC) if septet != _ESCAPE}
_COST = dict.fromkeys(_SEPTET, 1) | dict.fromkeys(_EXTENSION, 2)
_EXTENDED = {septet: character for character, septet in _EXTENSION.items()}
# What Unicode's own decomposition does not bring near to ASCII, and what our texts are likely to hold.
_LIKENESS = {
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("‘’‚‛′`´ʻʼʿʾ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("•·∙", "-"),
    **dict.fromkeys("\t\u00a0\u2007\u202f", " "),
    **{
        "\u200b": "",
        "\u200d": "",
        "\ufe0f": "",
        "×": "x",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
    },
}


def septets(text: str) -> int:
    """How many septets `text` takes. Raises KeyError for a character that is not in the alphabet."""
    return sum(_COST[character] for character in text)


def is_sendable(text: str) -> bool:
    """Whether every character is in the alphabet."""
    return all(character in _COST for character in text)


def transliterate(text: str) -> str:
    """`text` in the alphabet: accents are dropped where they must be, typography becomes ASCII, the rest "?"."""
    return "".join(map(_alike, unicodedata.normalize("NFC", text)))


def _alike(character: str) -> str:
    if is_sendable(character):
        return character
    if character in _LIKENESS:
        return _LIKENESS[character]
    if unicodedata.combining(character):
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if plain and plain != character:
        return "".join(c if is_sendable(c) else _LIKENESS.get(c, "?") for c in plain)
    return "?"


def cut(text: str, most: int) -> str:
    """The longest beginning of `text` that takes at most `most` septets."""
    used = 0
    for index, character in enumerate(text):
        used += septets(character)
        if used > most:
            return text[:index]
    return text


def pack(text: str) -> bytes:
    """`text` as packed septets, eight in seven octets, lowest bits first."""
    value = bits = 0
    for character in text:
        for septet in (_ESCAPE, _EXTENSION[character]) if character in _EXTENSION else (_SEPTET[character],):
            value |= septet << bits
            bits += 7
    return value.to_bytes((bits + 7) // 8, "little")


def unpack(data: bytes, count: int, skip: int = 0) -> str:
    """`count` septets of `data` as text, after `skip` septets of header. Of an unknown pair the second is shown."""
    value = int.from_bytes(data, "little")
    text: list[str] = []
    escaped = False
    for place in range(skip, skip + count):
        septet = value >> 7 * place & 0x7F
        if escaped:  # TS 23.038: a phone that does not know the pair shows the basic character
            text.append(_EXTENDED.get(septet, _BASIC[septet] if septet != _ESCAPE else " "))
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            text.append(_BASIC[septet])
    return "".join(text)
