"""DC-09 frames: the bytes that a receiver has acknowledged, and nothing else is read as one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.dc09.cipher import Cipher
from firmware_bridge.dc09.envelope import wrap
from firmware_bridge.dc09.frames import Message, Token, decode, encode, next_sequence
from kiosk.core.errors import BadInput
from tests.bridge.dc09.rig import KEYS, damaged, settings

SENT = b'\n58120029"ADM-CID"0001R0L0#1234[#1234|1120 01 001]\r'
ACKNOWLEDGED = b'\nDBE70014"ACK"0001R0L0#1234[]\r'
PANIC = Message(Token.EVENT, 1, "1234", "#1234|1120 01 001")
NOON_MS = 1_763_812_800_000  # 2025-11-22 12:00:00 UTC


def test_the_worked_example_is_built_byte_for_byte() -> None:
    assert encode(PANIC) == SENT


def test_the_worked_example_of_an_answer_is_read() -> None:
    assert decode(ACKNOWLEDGED) == Message(Token.ACK, 1, "1234")


def test_sequence_numbers_go_to_9999_and_begin_again_at_1() -> None:
    assert [next_sequence(number) for number in (0, 1, 9_998, 9_999)] == [1, 2, 9_999, 1]


def test_the_time_is_written_as_hours_first_and_american_date() -> None:
    frame = encode(Message(Token.POLL, 7, "ABC", time_ms=NOON_MS))

    assert frame[9:-1] == b'"NULL"0007R0L0#ABC[]_12:00:00,11-22-2025'
    assert decode(frame).time_ms == NOON_MS


def test_receiver_and_line_are_written_as_set_and_may_be_left_out() -> None:
    assert b"0007R1AL2B#" in encode(Message(Token.POLL, 7, "ABC", receiver="1A", line="2B"))
    assert b"0007L0#" in encode(Message(Token.POLL, 7, "ABC", receiver=None))


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("token", [Token.EVENT, Token.POLL, Token.ACK, Token.DUH])
def test_what_was_written_is_read_back(key: str, token: Token) -> None:
    cipher = settings(key=key).cipher()
    data = PANIC.data if token is Token.EVENT else ""
    message = Message(token, 42, "00AF", data, "1", "2", NOON_MS, encrypted=cipher is not None)

    assert decode(encode(message, cipher), cipher) == message


@pytest.mark.parametrize("length", range(0, 40))
def test_the_encrypted_part_is_whole_blocks_and_begins_with_1_to_16_characters_of_pad(length: int) -> None:
    pads: list[int] = []

    def pad(count: int) -> str:
        pads.append(count)
        return "x" * count

    cipher = Cipher(bytes(16), pad)
    blocks = cipher.encrypt("a" * length)

    assert len(blocks) % 32 == 0
    assert 1 <= pads[0] <= 16
    assert len(blocks) // 2 == pads[0] + 1 + length
    assert cipher.decrypt(blocks) == "a" * length


def test_the_same_message_is_encrypted_differently_each_time() -> None:
    cipher = Cipher(bytes(range(32)))

    assert len({encode(Message(Token.POLL, 1, "1234", time_ms=NOON_MS), cipher) for _ in range(50)}) > 40


def test_a_nak_is_plain_and_has_a_header_of_its_own() -> None:
    frame = encode(Message(Token.NAK, 9, "1234", time_ms=NOON_MS), Cipher(bytes(16)))

    assert frame[9:-1] == b'"NAK"0000R0L0A0[]_12:00:00,11-22-2025'


@pytest.mark.parametrize(
    "body",
    [
        b'"NAK"0000R0L0A0[]_12:00:00,11-22-2025',
        b'"NAK"0000L0R0A0[]_12:00:00,11-22-2025',
        b'"NAK"0000R0L0#0[]_12:00:00,11-22-2025',
        b'"NAK"0000[]_12:00:00,11-22-2025',
    ],
    ids=["as in the standard", "pysiaalarm's order", "account as a number", "bare"],
)
def test_the_naks_that_receivers_are_known_to_send_are_read(body: bytes) -> None:
    nak = decode(wrap(body))

    assert (nak.token, nak.time_ms) == (Token.NAK, NOON_MS)


def test_answers_with_extended_data_or_without_receiver_and_line_are_read() -> None:
    assert decode(wrap(b'"ACK"0001#1234[][Kfeed]_12:00:00,11-22-2025')).time_ms == NOON_MS
    assert decode(wrap(b'"ACK"0001L0#1234[]')).receiver is None


@pytest.mark.parametrize("pad", ["0", "x", "\xff"], ids=["zeros", "letters", "bytes"])
def test_an_encrypted_answer_without_the_bar_after_its_pad_is_read(pad: str) -> None:
    text = "]_12:00:00,11-22-2025".rjust(32, pad).encode("latin-1")
    encryptor = AesCipher(algorithms.AES(bytes(16)), modes.CBC(bytes(16))).encryptor()
    blocks = (encryptor.update(text) + encryptor.finalize()).hex()

    assert decode(wrap(f'"*ACK"0001R0L0#1234[{blocks}'.encode()), Cipher(bytes(16))).time_ms == NOON_MS


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (damaged(ACKNOWLEDGED), "CRC"),
        (ACKNOWLEDGED.replace(b"0014", b"0015"), "panjang"),
        (ACKNOWLEDGED.replace(b"0014", b"1014"), "bukan bingkai"),
        (ACKNOWLEDGED[1:], "bukan bingkai"),
        (ACKNOWLEDGED[:-1], "bukan bingkai"),
        (ACKNOWLEDGED + b"x", "bukan bingkai"),
        (b"\n\r", "bukan bingkai"),
        (b'"NAK"', "bukan bingkai"),
        (b"", "bukan bingkai"),
        (wrap(b'"ACK"0001NoneL0#1234[]'), "tidak dikenal"),
        (wrap(b'"ACK"001R0L0#1234[]'), "tidak dikenal"),
        (wrap(b'"ACK"0001R0L0[]'), "tidak dikenal"),
        (wrap(b'"RSP"0001R0L0#1234[]'), "tidak dikenal"),
        (wrap(b'"ACK"0001R0L0#1234[ '), "kurung"),
        (wrap(b'"ACK"0001R0L0#1234[]_12:00:00'), "kurung"),
        (wrap(b'"ACK"0001R0L0#1234[]_25:00:00,11-22-2025'), "tidak ada"),
        (wrap(b'"*ACK"0001R0L0#1234[' + b"0" * 32), "kunci"),
        (b"\n00000FFF" + b"A" * 4_095 + b"\r", "batas"),
    ],
)
def test_anything_else_is_refused_with_the_reason(frame: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        decode(frame)


@pytest.mark.parametrize("blocks", ["", "00", "0" * 31, "G" * 32, "0" * 33])
def test_an_encrypted_part_that_is_no_blocks_is_refused(blocks: str) -> None:
    with pytest.raises(BadInput, match="blok"):
        Cipher(bytes(16)).decrypt(blocks)


def test_what_another_key_encrypted_is_refused() -> None:
    frame = encode(Message(Token.ACK, 1, "1234", time_ms=NOON_MS), Cipher(bytes(16)))

    with pytest.raises(BadInput):
        decode(frame, Cipher(b"\1" * 16))


def test_an_encrypted_message_without_time_is_neither_written_nor_read() -> None:
    cipher = Cipher(bytes(16))
    with pytest.raises(BadInput, match="waktu"):
        encode(PANIC, cipher)
    with pytest.raises(BadInput, match="waktu"):
        decode(wrap(f'"*ACK"0001R0L0#1234[{cipher.encrypt("]")}'.encode()), cipher)


@pytest.mark.parametrize(
    "message",
    [
        Message(Token.EVENT, 10_000, "1234"),
        Message(Token.EVENT, 1, "1234", "[x]"),
        Message(Token.EVENT, 1, "1234", "ä"),
    ],
)
def test_what_no_frame_can_carry_is_not_written(message: Message) -> None:
    with pytest.raises(BadInput):
        encode(message)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_frames_fail_otherwise(data: bytes) -> None:
    for frame in (data, wrap(data), b"\n" + data + b"\r"):
        try:
            decode(frame, Cipher(bytes(16)))
        except BadInput:
            continue
