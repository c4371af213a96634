"""Prometheus' text format 0.0.4 in thirty lines, instead of a library that keeps figures of its own.

What is shown is read from the database at the moment that somebody asks, so that a server that has just started and one
that runs for a year say the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


def family(name: str, help_: str, samples: Iterable[Sample], kind: str = "gauge") -> str:
    """One metric with its samples, in order of their labels; `kind` is gauge or counter. A name ends in its unit."""
    lines = [f"# HELP {name} {_escaped(help_)}", f"# TYPE {name} {kind}"]
    lines += sorted(f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples)
    return "\n".join(lines) + "\n"


def by(label: str, values: Mapping[str, float]) -> Iterable[Sample]:
    """Samples of a metric with one label."""
    return (({label: key}, value) for key, value in values.items())


def _labels(labels: Mapping[str, str]) -> str:
    named = ",".join(f'{key}="{_escaped(value, quote=True)}"' for key, value in sorted(labels.items()))
    return f"{{{named}}}" if named else ""


def _escaped(text: str, quote: bool = False) -> str:
    plain = text.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace('"', '\\"') if quote else plain


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return repr(value + 0)  # True is 1
