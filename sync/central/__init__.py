"""The central server: where someone answers.

`ingest` takes what devices send, `store` keeps it, `web` shows it to the post and to residents at home, `api` offers it
to other systems. Ingest and web are separate processes that talk only through the store's rows.
"""
