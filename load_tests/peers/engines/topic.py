"""Where the messages are: one topic for all kinds, so that a unit's events have one order."""

INPUT = "terminal-events"
PARTITIONS = 8
