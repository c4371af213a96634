"""What `make` runs before there is an environment: standard library only, with the machine's own Python.

Two steps, each a program of its own: `environment` fills `.venv` from a lock, `system_packages` asks the operating
system for the programs that no Python package carries. Both are safe to run again and say what to do when they can't.
"""
