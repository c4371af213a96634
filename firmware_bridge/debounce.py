"""Raw edges in, stable levels out: our own debounce, since the libraries' ones lose presses.

A contact bounces for some milliseconds and a long wire catches spikes, so a level counts only once it has stood for
`debounce_ms` (30 ms: longer than the bounce of any push button that was measured, a third of what a person notices).
gpiozero's software debounce drops presses (its issues 550, 1039 and 1090) and reports none that was closed at start,
so edges are taken raw and the level at start is an input of its own.

Pure and late-proof: edges carry the time at which they happened, so a loop that was held up for a second reads the
same presses as one that was not. Deliberately not here: what a press means.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Edge(msgspec.Struct, frozen=True):
    """The raw level of an input changed. `key` names it for good if its source repeats edges; else it is empty."""

    input: str
    level: bool
    mono_ms: int
    key: str = ""


class Stable(msgspec.Struct, frozen=True):
    """A level that has stood long enough; `edge` is the raw edge that began it."""

    input: str
    level: bool
    mono_ms: int
    edge: Edge


class _Line(msgspec.Struct, frozen=True):
    stable: bool
    raw: bool
    last_ms: int
    change: Edge | None = None  # the edge that began a level which has not stood long enough yet


class Debounce:
    """One filter per input. Feed every edge in order, then `tick` with the time up to which edges are known."""

    def __init__(self, debounce_ms: int, levels: Mapping[str, bool], now_ms: int) -> None:
        self._debounce_ms = debounce_ms
        self._lines = {name: _Line(stable=level, raw=level, last_ms=now_ms) for name, level in levels.items()}

    def edge(self, edge: Edge) -> list[Stable]:
        """Takes one edge; gives the level that had become stable before it, if any. Unknown inputs start as low."""
        line = self._lines.setdefault(edge.input, _Line(stable=False, raw=False, last_ms=edge.mono_ms))
        at_ms = max(edge.mono_ms, line.last_ms)  # a source whose clock steps back must not undo what was decided
        settled = self._settle(edge.input, at_ms)
        line = self._lines[edge.input]
        if edge.level != line.raw:
            change = msgspec.structs.replace(edge, mono_ms=at_ms) if edge.level != line.stable else None
            line = msgspec.structs.replace(line, raw=edge.level, change=change)
        self._lines[edge.input] = msgspec.structs.replace(line, last_ms=at_ms)
        return settled

    def tick(self, now_ms: int) -> list[Stable]:
        """Levels that have become stable by `now_ms`, oldest first."""
        settled = [stable for name in self._lines for stable in self._settle(name, now_ms)]
        return sorted(settled, key=lambda stable: stable.mono_ms)

    def due_ms(self) -> int | None:
        """When the next `tick` will have something to say, if no edge comes before."""
        changes = [line.change.mono_ms for line in self._lines.values() if line.change is not None]
        return min(changes) + self._debounce_ms if changes else None

    def is_quiet(self, name: str) -> bool:
        """Whether nothing about this input is pending."""
        return self._lines[name].change is None

    def certain_until_ms(self, name: str, now_ms: int) -> int:
        """Up to when the stable level of this input is beyond doubt: `now_ms`, or the edge that is pending."""
        change = self._lines[name].change
        return now_ms if change is None else change.mono_ms

    def _settle(self, name: str, now_ms: int) -> list[Stable]:
        line = self._lines[name]
        if line.change is None or now_ms < line.change.mono_ms + self._debounce_ms:
            return []
        change = line.change
        self._lines[name] = msgspec.structs.replace(line, stable=line.raw, change=None)
        return [Stable(name, line.raw, change.mono_ms + self._debounce_ms, change)]
