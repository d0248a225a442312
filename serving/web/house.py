"""What the pages are built on, as the door hands it over: a board, stories, figures, a desk.

Knows the shapes of what it is given and the bounds of the board. Must never know a broker, a table
or a token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from serving.access.doorkeeper import Doorkeeper
from serving.access.viewers import Viewer
from serving.asks import Desk, FeedJudge, Figures, Stories
from serving.board.views import (
    Asked,
    Counts,
    Feed,
    Incident,
    Inspection,
    Level,
    OpenStage,
    Share,
    Sought,
    Unheard,
)
from serving.evaluators.library import Library
from serving.intake.asks import Taker

By = Literal["port", "stage", "facility", "yard", "answers"]
URGENT: Final = (Level.AT_RISK, Level.BREACHED)
ROWS_MAX: Final = 50
"""Rows of one table on one page: more than that nobody reads while the port works."""


class BoardView(Protocol):
    """The board, as far as pages look at it. Rows are cut to what a viewer may see."""

    @property
    def version(self) -> int:
        """Grows with every visible change."""

    @property
    def now_s(self) -> int | None:
        """Event time; None before the first tick."""

    def counts(self, viewer: Viewer, asked: Asked) -> Counts:
        """How many open stages under a limit stand at each level."""

    def shares(self, viewer: Viewer, asked: Asked, by: By) -> list[Share]:
        """The counts by a word, the worst first."""

    def at_risk(
        self,
        viewer: Viewer,
        asked: Asked,
        limit: int = ROWS_MAX,
        levels: tuple[Level, ...] = URGENT,
    ) -> list[OpenStage]:
        """What is endangered or broken."""

    def nearest(self, viewer: Viewer, asked: Asked, limit: int = ROWS_MAX) -> list[OpenStage]:
        """Open stages by deadline, the nearest first."""

    def incidents(
        self, viewer: Viewer, asked: Asked, sought: Sought, limit: int = ROWS_MAX
    ) -> list[Incident]:
        """Incidents, the newest first."""

    def incident(self, viewer: Viewer, incident_id: str) -> Incident | None:
        """One incident; None where there is none, or none for them."""

    def inspections(self, viewer: Viewer, asked: Asked, limit: int = ROWS_MAX) -> list[Inspection]:
        """Inspections ordered or under way."""

    def feeds(self) -> list[Feed]:
        """Every source heard."""

    def unheard(self, port: str) -> list[Unheard]:
        """The sources of a port, or of any, that are silent or stopped."""


class ChangesView(Protocol):
    """What wakes a stream."""

    def tell(self) -> None:
        """Wake everybody who waits, whether anything changed or not."""

    async def after(self, version: int, within_s: float) -> int:
        """The board's version, as soon as it is above this one, at the latest in `within_s`."""


@dataclass(frozen=True)
class House:
    """Everything that the pages need. `epoch` names one life of the board: a stream of another
    epoch knows nothing of this one's versions. `now` is the clock of the door. `library` is what
    evaluators pull from, `taker` whoever takes what senders hand in and `quality` whoever knows how
    well feeds report, where there is one."""

    board: BoardView
    changes: ChangesView
    stories: Stories
    figures: Figures
    desk: Desk
    doorkeeper: Doorkeeper
    now: Callable[[], datetime]
    epoch: str
    library: Library | None = None
    taker: Taker | None = None
    quality: FeedJudge | None = None
