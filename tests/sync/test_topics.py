"""Topics: one place for each device and channel, and nobody else's name on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import BadMessage
from kiosk.core.ids import SHARDS, shard_of
from sync.wire.topics import Down, Up, UpTopic, down, filters, parse_up, up

devices = st.from_regex(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}-[a-z][a-z0-9]{0,7}", fullmatch=True)


@given(devices, st.sampled_from(Up))
def test_a_topic_is_read_back_as_it_was_made(device: str, channel: Up) -> None:
    assert parse_up(up(device, channel)) == UpTopic(device, channel)


@given(devices, st.sampled_from(Up), st.sets(st.integers(0, SHARDS - 1)))
def test_a_worker_hears_exactly_the_shards_and_channels_that_it_asked_for(
    device: str, channel: Up, shards: set[int]
) -> None:
    wanted = filters([channel], shards)
    parts = up(device, channel).split("/")
    heard = any(all(want in ("+", have) for want, have in zip(each.split("/"), parts, strict=True)) for each in wanted)
    assert heard == (shard_of(device) in shards)


def test_all_shards_are_one_wildcard() -> None:
    assert filters([Up.ALARM, Up.HELLO], range(SHARDS)) == ["kt/1/+/+/up/alarm", "kt/1/+/+/up/hello"]


@pytest.mark.parametrize(
    "topic",
    [
        *["", "kt/1", "kt/1/2f/x/up/alarm/more", "kt/2/{s}/{d}/up/alarm", "KT/1/{s}/{d}/up/alarm"],
        *["kt/1/{s}/{d}/down/alarm", "kt/1/{s}/{d}/up/ack", "kt/1/{s}/{d}/up/", "kt/1/00/{d}/up/alarm"],
        *["kt/1/{S}/{d}/up/alarm", "kt/1//{d}/up/alarm"],
    ],
)
def test_a_topic_that_is_not_ours_or_of_another_shard_is_refused(topic: str) -> None:
    device = next(name for at in range(100) if shard_of(name := f"31.74.05.1001-k{at}") > 0x1A)
    shard = f"{shard_of(device):02x}"
    with pytest.raises(BadMessage, match="topik"):
        parse_up(topic.format(s=shard, S=shard.upper() if shard.upper() != shard else "zz", d=device))


@pytest.mark.parametrize(
    "name", ["x", "31.74.05.1001", "31.74.05.1001-k\0", "31.74.05.1001-K1", "a" * 1000, "٣١.74.05.1001-k1"]
)
def test_a_topic_of_no_devices_name_is_refused_before_anybody_looks_it_up(name: str) -> None:
    with pytest.raises(BadMessage, match="topik"):
        parse_up(f"kt/1/{shard_of(name):02x}/{name}/up/alarm")


def test_up_and_down_never_meet() -> None:
    device = "31.74.05.1001-k1"
    assert not {up(device, channel) for channel in Up} & {down(device, channel) for channel in Down}
