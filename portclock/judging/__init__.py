"""Judging files by several processes at once: the same as one makes of them, byte for byte."""
