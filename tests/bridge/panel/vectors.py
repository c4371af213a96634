"""The frames that both ends must agree on, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from firmware_bridge import panel

VECTORS: dict[str, Any] = json.loads((Path(panel.__file__).parent / "vectors.json").read_text())


def named(group: str, *having: str) -> dict[str, Any]:
    """For `parametrize`: the vectors of a group that have these parts, and what each is called."""
    vectors = [vector for vector in VECTORS[group] if all(vector[part] is not None for part in having)]
    return {"argvalues": vectors, "ids": [vector.get("name") or vector.get("why") for vector in vectors]}
