"""Kiosks and a central played in memory: real code and real databases, time and network by schedule."""
