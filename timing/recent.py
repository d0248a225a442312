"""Recent: what was found of the histories that were left behind last, or how they were told.

A visit that is not plain often stays so for a while, and reports out of order come in a row: what
was found after one is what must be known before the next. Few are kept, and each with the very
history and rules that it is of: whoever asks with any other gets nothing and begins anew. Must
never judge anything.
"""

from typing import Final, Generic, TypeVar

from timing.history import History
from timing.rules import Rules

KEPT_MAX: Final = 1024
"""How many are kept: some five kilobytes each."""

What = TypeVar("What")


class Recent(Generic[What]):
    """What was found of each unit last, the oldest first."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[History, Rules, What]] = {}

    def keep(self, history: History, rules: Rules, found: What) -> None:
        """Note what a history amounts to at its watermark; the oldest gives way."""
        known = self._known
        known.pop(history.key, None)
        if len(known) >= KEPT_MAX:
            del known[next(iter(known))]
        known[history.key] = history, rules, found

    def forget(self) -> None:
        """Nothing is known any more, and every answer is what it was."""
        self._known.clear()

    def of(self, history: History, rules: Rules) -> What | None:
        """What was found of this very history under these very rules, if it is still known."""
        history_of, rules_of, found = self._known.get(history.key, (None, None, None))
        return found if history_of is history and rules_of is rules else None

    def latest(self, key: str, rules: Rules) -> tuple[History, What] | None:
        """What was found of a unit last under these very rules, and of which history."""
        history, rules_of, found = self._known.get(key, (None, None, None))
        return (history, found) if history and found and rules_of is rules else None
