"""One module per command or group of commands. Bodies import what they need, when they need it."""
