"""The daemon `kentongan-sync`: carries the journal to the central and the post's answers back.

Two connections, each with one owner thread: `alarm` and `bulk`. They share nothing but the store's rows and a nudge
("the network is there"), so a flood on one cannot delay the other.
"""
