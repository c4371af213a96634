"""Several kiosks in one hall, at the kiosk's own web server: what a hub answers, and what a satellite asks by itself.

`hub` is the one address that satellites speak to; it exists at a hub only. `satellite` is the thread that speaks,
`line` the connection it speaks over. `membership` keeps the keys; `watch` and `lines` say how it goes. A satellite has
no counters and no board: whoever opens them there is told where they are (`elsewhere`).
"""
