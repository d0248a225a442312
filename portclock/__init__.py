"""The door: one command, `portclock`; the only code that reads the environment and the clock."""
