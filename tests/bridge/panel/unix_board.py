"""MicroPython's Unix port as a played board: requests on standard input, answers on standard output, one a line."""

import sys

from tests.bridge.panel.played_board import Played

played = Played()
while True:
    line = sys.stdin.readline()
    if not line:
        break
    print(played.answer(line))
