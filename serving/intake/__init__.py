"""Handing events in over HTTP: POST /intake/{feed}."""
