"""Every command explains itself with an example, and the example is one that works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from deploy.cli import kentongan

PROMISED = {
    "demo", "migrate", "kiosk serve", "kiosk office-key", "bridge run", "sync run", "central serve", "central ingest",
    "ticket preview", "config check", "panel drill", "panel cancel", "panel explain", "panel press",
}  # fmt: skip


def walk(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = sorted(walk(kentongan))


def test_every_promised_command_exists() -> None:
    assert {" ".join(path) for path in COMMANDS} >= PROMISED


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_has_an_example_of_the_command_itself(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(kentongan, [*path, "--help"])
    assert shown.exit_code == 0
    examples = re.findall(r"^ +kentongan (.+)$", shown.output.partition("Contoh:")[2], re.MULTILINE)
    assert examples, shown.output
    for example in examples:
        words = shlex.split(example)
        assert tuple(words[: len(path)]) == path
        command: click.Command = kentongan
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("group", sorted({path[:-1] for path in COMMANDS}), ids=lambda path: " ".join(path) or "-")
def test_help_of_a_group_lists_its_commands(group: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(kentongan, [*group, "--help"])
    inside = {path[len(group)] for path in COMMANDS if path[: len(group)] == group}
    assert shown.exit_code == 0
    assert all(re.search(rf"^  {name}\b", shown.output, re.MULTILINE) for name in inside)
