"""Where the talk with the modem stands: one table, walked by `dialogue`.

Nothing is sent to a modem whose state we do not know. A port that has just been opened, or whose modem fell silent, is
*woken*: ESC (which ends a half-given message) and AT, until it answers. Then it must be *quiet* for a moment, so that
late answers to earlier questions are not taken for answers to the next ones. Then it is *set up* from the start,
because there is no telling what it forgot. Without a usable SIM it is *held* and asked again. *Ready*, it is asked a
question, or offered a message: the frame is given only after the prompt, and only `+CMGS` ends it well.

Silence in any of these is a stall: the mild answer is to wake it again, the hard one a *reset* (DTR, then the power
pin), which closes the port; it comes back as a new one, perhaps under another name.
"""

from __future__ import annotations

from enum import StrEnum

from kiosk.core.transition import step


class Phase(StrEnum):
    ABSENT = "absent"
    WAKING = "waking"
    QUIET = "quiet"
    SETTING_UP = "setting-up"
    HELD = "held"
    READY = "ready"
    ASKED = "asked"
    OFFERED = "offered"
    GIVEN = "given"
    RESETTING = "resetting"


class Move(StrEnum):
    OPEN = "open"
    LOSE = "lose"
    ANSWER = "answer"
    REFUSE = "refuse"
    PROMPT = "prompt"
    REST = "rest"
    HOLD = "hold"
    AGAIN = "again"
    FINISH = "finish"
    ASK = "ask"
    OFFER = "offer"
    STALL = "stall"
    RESET = "reset"


# Rows: the phase. Columns: what happened. "-" never happens; the dialogue asks the table before it acts on a byte.
# ANSWER is OK, REFUSE an error; REST means that the line was quiet long enough; STALL that a time limit has passed, or
# that the modem says it has restarted; RESET that waking did not help, or has not helped before.
_GRID = """
             open    lose    answer      refuse      prompt  rest        hold  again       finish  ask    offer    stall   reset
absent       waking  absent  -           -           -       -           -     -           -       -      -        -       -
waking       waking  absent  quiet       waking      -       -           -     -           -       -      -        waking  resetting
quiet        waking  absent  -           -           -       setting-up  -     -           -       -      -        waking  resetting
setting-up   waking  absent  setting-up  setting-up  -       -           held  -           ready   -      -        waking  resetting
held         waking  absent  -           -           -       -           held  setting-up  -       -      -        waking  resetting
ready        waking  absent  -           -           -       -           held  -           -       asked  offered  waking  resetting
asked        waking  absent  ready       ready       -       -           held  -           -       -      -        waking  resetting
offered      waking  absent  -           ready       given   -           -     -           -       -      -        waking  resetting
given        waking  absent  ready       ready       -       -           -     -           -       -      -        waking  resetting
resetting    waking  absent  -           -           -       -           -     -           -       -      -        -       resetting
"""  # noqa: E501


def _read(grid: str) -> dict[tuple[Phase, Move], Phase]:
    moves, *rows = [line.split() for line in grid.strip().splitlines()]
    return {
        (Phase(phase), Move(move)): Phase(then)
        for phase, *thens in rows
        for move, then in zip(moves, thens, strict=True)
        if then != "-"
    }


PHASE_STEPS = _read(_GRID)


def after(phase: Phase, move: Move) -> Phase:
    """The phase after `move`. Raises BadTransition where the table has none."""
    return step(PHASE_STEPS, "Modem", phase, move)


def can(phase: Phase, move: Move) -> bool:
    """Whether the table has the step: an OK that nobody asked for is no answer."""
    return (phase, move) in PHASE_STEPS
