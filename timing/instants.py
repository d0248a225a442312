"""Instants: epoch seconds. Here are the two beyond all others; nothing else is known here."""

from typing import Final

NEVER: Final = 2**62
"""Later than every instant: when what has no end ends, and when what is not due is due."""
ALWAYS: Final = -NEVER
"""Earlier than every instant: when what has no beginning began."""
