"""Reads Prometheus' text format 0.0.4 as strictly as its own parser does, so that what it refuses fails here."""

from __future__ import annotations

import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = rf'{_NAME.replace(":", "")}="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
_SAMPLE = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")


def read(text: str) -> dict[str, dict[str, float]]:
    """Metric → labels as written → value. Fails on anything that is no such text."""
    assert text.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    kinds: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            assert name not in found, f"{name} is there twice"
            found[name] = {}
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert list(found)[-1] == name, "TYPE stands apart from its HELP"
            assert kind in ("gauge", "counter")
            kinds[name] = kind
        else:
            sample = _SAMPLE.fullmatch(line)
            assert sample is not None, f"no sample: {line}"
            name, labels, value = sample[1], sample[2] or "", float(sample[3])
            assert list(found)[-1] == name, f"{name} stands apart from its family"
            assert labels not in found[name], f"{line} is there twice"
            found[name][labels] = value
    for name, kind in kinds.items():
        assert name.endswith("_total") == (kind == "counter"), name
    return found
