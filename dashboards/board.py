"""A board as a value: rows of panels and choices; and how it becomes a dashboard of the SDK.

Must never know what any of its panels asks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dashboards.language import Words
from dashboards.links import board_links
from dashboards.panels import Panel, Row, built
from dashboards.sdk import dashboard, models
from dashboards.variables import Variable, live_board

SCHEMA_VERSION = 42


@dataclass(frozen=True, slots=True)
class Board:
    """One board for one circle of readers; `since` and `refresh` as Grafana writes them."""

    name: str
    rows: tuple[Row, ...]
    choices: tuple[Callable[[Words], Variable], ...]
    since: str = "now-24h"
    refresh: str = "30s"

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All of them, in the order of reading."""
        return tuple(panel for row in self.rows for panel in row.panels)

    def uid(self, words: Words) -> str:
        """Its name in links and in pushes, for ever."""
        return f"portclock-{self.name}-{words.language}"


def placed(board: Board) -> Iterator[tuple[Panel, models.GridPos]]:
    """Each panel with its place: rows from the top, panels from the left."""
    top = 0
    for row in board.rows:
        left = 0
        for panel in row.panels:
            yield panel, models.GridPos(h=row.height, w=panel.width, x=left, y=top)
            left += panel.width
        top += row.height


def dashboard_of(board: Board, words: Words, live: str) -> models.Dashboard:
    """The board in one language, its links to the live board at `live`."""
    made = (
        dashboard.Dashboard(words.of("boards", board.name, "title"))
        .uid(board.uid(words))
        .description(words.of("boards", board.name, "description"))
        .tags(["portclock", words.language])
        .timezone("Asia/Shanghai")
        .readonly()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time(board.since, "now")
        .refresh(board.refresh)
        .annotations([])
        .links(list(board_links(words)))
        .with_variable(live_board(live))
    )
    for choice in board.choices:
        made = made.with_variable(choice(words))
    for panel, place in placed(board):
        made = made.with_panel(built(panel, place, words))
    return made.build()
