"""The site's web server: what residents touch, what officers call from, what the hall sees and what programs ask.

Vertical slices: a folder holds the routes, templates and static files of one kind of reader together. `app` puts them
together, `office` is what they share, `serve` runs them as a daemon.
"""
