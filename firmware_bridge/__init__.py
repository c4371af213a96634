"""Everything with a wire on it: the button, the lamps and the siren of the digital kentongan.

Raw edges come in through a small port (`ports`), pure machines turn them into presses (`debounce`, `press`), a press is
committed by the store before anything is shown, and what lamps and siren do follows from the open alerts alone
(`indication`). `daemon` ties it together in one loop.
"""
