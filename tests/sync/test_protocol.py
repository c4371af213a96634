"""The text of the protocol and the code: what one names, the other has."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import msgspec.inspect
import pytest

import sync.wire
from kiosk.core.document import SIZE_LIMIT_BYTES, DocumentHead
from kiosk.core.gap import Gap
from sync import broker, plan, uplink
from sync.agent import link
from sync.agent.commands import COMMANDS
from sync.central.ingest import answers, downlink
from sync.central.store import projection
from sync.wire import downlink as wire_downlink
from sync.wire import envelope, messages
from sync.wire.topics import Down, Up, UpTopic

TEXT = (Path(sync.wire.__file__).parents[1] / "PROTOCOL.md").read_text(encoding="utf-8")
NO_MESSAGES = {UpTopic}


def messages_of_the_wire() -> list[type[msgspec.Struct]]:
    """Every public value of `sync.wire`, whatever travels inside one, and the gap, which is a body."""
    modules = [importlib.import_module(f"sync.wire.{each.name}") for each in pkgutil.iter_modules(sync.wire.__path__)]
    found = {
        value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.__name__
        if not name.startswith("_")
    }
    inside = {each for message in found for each in _structs(msgspec.inspect.type_info(message))}
    return sorted((found | inside | {Gap}) - NO_MESSAGES, key=lambda each: each.__name__)


def _structs(info: object) -> Iterator[type[msgspec.Struct]]:
    """The values inside a type, at any depth."""
    match info:
        case msgspec.inspect.StructType():
            yield info.cls
            for field in info.fields:
                yield from _structs(field.type)
        case msgspec.inspect.Type():
            for name in info.__struct_fields__:
                yield from _structs(getattr(info, name))
        case tuple():
            for each in info:
                yield from _structs(each)


def section(title: str) -> str:
    """The text under a heading, up to the next one of any level."""
    found = re.search(rf"^#{{2,4}} (?:\d+\. )?{title}s?\n(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"PROTOCOL.md has no section {title}"
    return found[1]


def table(text: str) -> dict[str, str]:
    """The rows of the first table: what is between the first backquotes, and the whole row."""
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    named = [(re.search(r"`([^`]+)`", row), row) for row in rows]
    return {name[1]: row for name, row in named if name is not None}


@pytest.mark.parametrize("message", messages_of_the_wire(), ids=lambda each: each.__name__)
def test_every_message_is_described_field_by_field(message: type[msgspec.Struct]) -> None:
    text = section(message.__name__)
    rows = table(text)
    fields = {field.encode_name: field for field in msgspec.structs.fields(message)}
    assert set(rows) <= set(fields), "described and not there"
    for name, field in fields.items():
        assert name in rows or (message is wire_downlink.Piece and f"`{name}`" in text), f"{name} is not described"
        if name in rows:
            assert ("default" in rows[name]) != field.required, f"{name}: whether it may be missing"
    if message.__struct_config__.array_like:
        places = [int(row.split("|")[1]) for row in rows.values()]
        assert (list(rows), places) == (list(fields), list(range(len(fields))))


def test_there_are_messages_to_describe() -> None:
    assert {messages.Batch, messages.Ack, wire_downlink.Want, DocumentHead, Gap} <= set(messages_of_the_wire())


def test_every_channel_is_described_and_no_other() -> None:
    described = set(table(section("Topic")))
    assert described == {f"up/{each.value}" for each in Up} | {f"down/{each.value}" for each in Down}


def test_every_kind_that_the_central_reads_is_described() -> None:
    described = section("Event")
    for kind in (*projection._KINDS, *projection.REPORT_KINDS):
        assert f"`{kind}`" in described, kind


def test_every_command_is_described() -> None:
    for name, known in COMMANDS.items():
        assert f"`{name}` takes" in section("Command")
        for field in known.arguments.__struct_fields__:
            assert f"`{field}`" in section("Command")


@pytest.mark.parametrize(
    "number",
    [
        *(envelope.SENT_LIMIT_BYTES, envelope.UNPACKED_LIMIT_BYTES, broker.RECEIVE_LIMIT_BYTES),
        *(messages.BODY_LIMIT_BYTES, wire_downlink.BODY_LIMIT_BYTES, SIZE_LIMIT_BYTES, messages.EVENTS_LIMIT),
        *(wire_downlink.PIECE_MOST_BYTES, wire_downlink.PIECE_LEAST_BYTES, uplink.BATCH_MOST_BYTES),
    ],
)
def test_every_limit_in_bytes_is_the_one_in_the_text(number: int) -> None:
    assert f"{number:,}" in TEXT


def test_every_time_is_the_one_in_the_text() -> None:
    times = section("Times and limit")
    assert f"| {broker.KEEPALIVE_S} s / {broker.CONNECT_TIMEOUT_S:g} s / {plan.time_out_s(None):g} s |" in times
    again = (link.ASK_AGAIN_AFTER_S, answers.AGAIN_AFTER_S, downlink.SWEEP_EVERY_S)
    assert "| {:g} s / {:g} s / {:g} s |".format(*again) in times
    assert f"| {plan.time_out_s(0):g}–{plan.time_out_s(1000):g} s |" in times
    assert f"| {plan.back_off_s(0, 0):g}–{plan.back_off_s(99, 1):g} s;" in times


def test_every_anchor_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    places = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= places
