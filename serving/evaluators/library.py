"""What the evaluators' routes are built on, as the door hands it over, and its bounds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from serving.evaluators.asks import Catalogue, Published, Seals
from timing.editions import Edition

ROWS_MAX: Final = 10_000
"""Cells of one page."""
ROWS: Final = 1_000
"""Cells of a page where nothing else is asked for."""
READERS: Final = 2
"""Pages of cells made at once; one of the most cells takes 0.1 s and 15 MB while it is made."""
WAITING_MAX: Final = 16
"""Who may wait for their turn; whoever comes then is told to come back."""


@dataclass(frozen=True)
class Quota:
    """How many requests one holder of a token may make in a span."""

    requests: int = 120
    within: timedelta = timedelta(minutes=1)


@dataclass(frozen=True)
class Library:
    """Everything to pull. `editions` are those that judge here; `now` is the clock of the door."""

    catalogue: Catalogue
    published: Published
    seals: Seals
    editions: tuple[Edition, ...]
    now: Callable[[], datetime]
    quota: Quota = field(default_factory=Quota)
