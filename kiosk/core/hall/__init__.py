"""Several kiosks in one hall: one of them, the hub, keeps the queue and leases numbers; the others are its satellites.

Pure: values and `now` in, values out. What is said between them is `messages`; who may draw which number `leasing`;
where somebody from a satellite stands in the hub's queue `arrival` and `placing`; which day a satellite draws for
`day`; how each knows the other `seal`; how their line is told to people `link`.

One conversation carries everything: a satellite asks (what it holds, whom it drew), the hub answers (numbers, what it
has taken, what became of them). A question states what *is*, never what to do, so that one that was lost, doubled or
late does no harm: the hub answers it from what it has on disk, and gives again what was given before.
"""
