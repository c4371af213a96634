"""The command line with one more command for kiosks: `die` kills the agent (SIGKILL) in its middle."""

from __future__ import annotations

import os
import signal
from typing import Any

from deploy.cli import main
from sync.agent.commands import COMMANDS, Known, NoArguments


def die(*_: Any) -> dict[str, object]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


if __name__ == "__main__":
    COMMANDS["die"] = Known(NoArguments, die)
    main()
