"""Which wire is where on a Raspberry Pi Pico, and what a site may change: the whole of its settings.

The README beside this file has the drawing. Names are those of the host's `[bridge.buttons]`.
"""

INPUTS = (("panic", 26), ("fire", 27))  # button and the ADC pin of its cable, at most three with the supply's
SUPPLY_ADC = 28  # behind a divider of 100 kΩ and 22 kΩ
SUPPLY_FULL_SCALE_MV = 18_300  # what the divider makes 3.3 V of
SUPPLY_LOW_MV, SUPPLY_HIGH_MV = 10_500, 15_000  # of a 12 V supply with a lead-acid battery
LID: int | None = 15  # switch to ground, closed while the lid is shut; None without one
SERVICE = 22  # bridged to ground at start: no firmware runs, the board can be flashed
SIREN, STRIKER = 6, 7
LAMP_RED, LAMP_AMBER, LAMP_GREEN = 10, 11, 12
BUZZER = 8
