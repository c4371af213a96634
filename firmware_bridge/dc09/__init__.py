"""The path to an alarm receiving centre by SIA DC-09, over TCP or UDP.

Alert events go in (`events`), evidence comes out (`evidence`). Between them: the bytes of a frame (`envelope`,
`cipher`, `frames`), what waits for an answer (`questions`), what is sent when and what a reply means (`exchange`,
`session`, no sockets and no clock), one socket (`line`) and the thread that owns it (`client`). Figures and wording
follow ANSI/SIA DC-09-2013 and, for Contact ID, SIA DC-05.

What DC-09 cannot give: its encryption hides, it does not authenticate (zero IV, no checksum under the key, and a NAK
is never encrypted). So a reply never proves more than E3, and a centre across the open internet belongs behind a VPN.
"""
