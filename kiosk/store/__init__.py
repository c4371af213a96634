"""The one SQLite file of a site, shared by three daemons that talk only through its rows.

Every function here takes a `Store` and returns core values; peewee stays inside this folder. A change is one short
`store.write()` transaction in which the domain row and its journal row commit together or not at all, and a function
that returns has its change on disk (`synchronous=FULL`).
"""
