"""The views that move: for each, what its fragment shows. The same for a page and for a stream.

Knows the board and its rows; must never know HTTP, markup or who may see what (the board cuts).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from serving.board.views import Feed, Inspection, OpenStage, Sought
from serving.web.house import ROWS_MAX, URGENT, BoardView
from serving.web.scene import Scene

Facts = dict[str, Any]
SOON_MAX: Final = 12
"""Rows of what comes next, while nothing is at risk."""
SHARES: Final = ("stage", "facility", "yard", "answers")
ENDANGERED: Final = frozenset({"at-risk", "breached"})
TABS: Final[Mapping[str, Sought]] = {
    "open": Sought(ENDANGERED, acknowledged=False),
    "acknowledged": Sought(ENDANGERED, acknowledged=True),
    "resolved": Sought(frozenset({"resolved"})),
    "retracted": Sought(frozenset({"retracted"})),
}
"""Who has acknowledged an incident has taken it out of those that wait for somebody."""
STEPS: Final = ("noticed", "received", "positioned", "started", "ended")


class View(NamedTuple):
    """One live view: `units` where single boxes are shown, and `choices` beside the filter."""

    name: str
    facts: Callable[[BoardView, Scene], Facts]
    units: bool
    choices: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        """The fragment's template."""
        return f"live/{self.name}.html"


class Step(NamedTuple):
    """One step of an inspection. `took_s` since the step before it that was reported; a `passed`
    step was not reported, though a later one was; `current` is the one that is waited for."""

    name: str
    at: int | None
    took_s: int | None
    passed: bool
    current: bool


def now(board: BoardView, scene: Scene) -> Facts:
    """What is endangered; while nothing is, what comes next; and the counts by every word."""
    viewer, asked = scene.viewer, scene.asked
    newest = scene.choices.get("order") == "newest"
    counts = board.counts(viewer, asked)
    risky = _urgent(board, scene)
    return {
        "counts": counts,
        "risky": sorted(risky, key=lambda row: -row.opened_at) if newest else risky,
        "nearest": [] if risky else board.nearest(viewer, asked, SOON_MAX),
        "shares": [(by, board.shares(viewer, asked, by)[:ROWS_MAX]) for by in SHARES],
        "filtered": asked != type(asked)(),
        "unheard": board.unheard(asked.port),
    }


def _urgent(board: BoardView, scene: Scene) -> list[OpenStage]:
    """What can still be kept, the nearest first, then what is broken, the latest first. Where there
    is more of both than fits, each has half: neither may hide the other."""
    risky, broken = (
        board.at_risk(scene.viewer, scene.asked, ROWS_MAX, (level,)) for level in URGENT
    )
    half = ROWS_MAX // 2
    kept = risky[: max(half, ROWS_MAX - len(broken))]
    return [*kept, *broken[: ROWS_MAX - len(kept)]]


def breaches(board: BoardView, scene: Scene) -> Facts:
    """The incidents of one tab."""
    tab = tab_of(scene)
    before = scene.choices.get("before") or None
    sought = replace(TABS[tab], before=before)
    found = board.incidents(scene.viewer, scene.asked, sought, ROWS_MAX)
    return {
        "tab": tab,
        "incidents": found,
        "older": found[-1].incident if len(found) == ROWS_MAX else None,
        "before": before,
    }


def tab_of(scene: Scene) -> str:
    """The tab that is asked for; the open ones, unless it is one that there is."""
    wanted = scene.choices.get("state", "")
    return wanted if wanted in TABS else "open"


def inspections(board: BoardView, scene: Scene) -> Facts:
    """Inspections, each with its steps."""
    found = board.inspections(scene.viewer, scene.asked, ROWS_MAX)
    return {"inspections": [(one, steps(one, board.now_s)) for one in found]}


def steps(row: Inspection, now_s: int | None) -> list[Step]:
    """The steps of one inspection, with the time that each took or has taken so far."""
    instants = [getattr(row, f"{name}_at") for name in STEPS]
    reached = max(place for place, at in enumerate(instants) if at is not None)
    found: list[Step] = []
    last = row.noticed_at
    for place, (name, at) in enumerate(zip(STEPS, instants, strict=True)):
        current = place == reached + 1
        until = at if at is not None else now_s if current else None
        took_s = None if place == 0 or until is None else max(0, until - last)
        found.append(Step(name, at, took_s, at is None and place < reached, current))
        last = at if at is not None else last
    return found


def feeds(board: BoardView, scene: Scene) -> Facts:
    """Every source, those that are silent first."""
    found: list[Feed] = sorted(
        board.feeds(), key=lambda feed: (not (feed.quiet or feed.stopped), feed.source)
    )
    return {
        "feeds": found,
        "quiet": sum(feed.quiet for feed in found),
        "refused": sum(feed.refused for feed in found),
    }


VIEWS: Final[Mapping[str, View]] = {
    view.name: view
    for view in (
        View("now", now, units=False, choices=("order",)),
        View("breaches", breaches, units=True, choices=("state", "before")),
        View("inspections", inspections, units=True),
        View("feeds", feeds, units=False),
    )
}
