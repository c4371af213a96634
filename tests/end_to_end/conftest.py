"""One demo for the tests of a module that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.demo import Demo, running_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running
