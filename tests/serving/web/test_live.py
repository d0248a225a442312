"""What the live views show follows from the board, and neither level hides the other."""

from typing import Any

from events.testing import at, box, limit, outcome
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.feeds import Heard
from serving.board.state import Board
from serving.board.views import Asked, Inspection, Level, OpenStage
from serving.web import live
from serving.web.house import ROWS_MAX, URGENT
from serving.web.manner import Manner
from serving.web.rendering import Fragments
from serving.web.scene import Scene
from serving.web.testing import PortInMemory

STEWARD = Viewer("Zhao", Role.STEWARD)
NOON = int(at("12:00").timestamp())


def _scene(viewer: Viewer = STEWARD, **choices: str) -> Scene:
    return Scene(viewer, Manner("en", path="/now"), Asked(), choices)


def _row(number: int, level: Level) -> OpenStage:
    return OpenStage(
        "v", "container", box(number), "CNLYG", None, None, "pickup", 1, "water", "terminal",
        "l", "e", 60, NOON - number, NOON, 0, 1.0, level, f"i{number}",
    )  # fmt: skip


class _Risky(Board):
    """A board with so many rows of each level."""

    def __init__(self, at_risk: int, breached: int) -> None:
        super().__init__()
        self._rows = [_row(n, Level.AT_RISK) for n in range(at_risk)]
        self._rows += [_row(at_risk + n, Level.BREACHED) for n in range(breached)]

    def at_risk(
        self,
        viewer: Viewer,
        asked: Asked = Asked(),  # noqa: B008 - frozen
        limit: int = 50,
        levels: tuple[Level, ...] = URGENT,
    ) -> list[OpenStage]:
        return [row for row in self._rows if row.level in levels][:limit]


def _levels(at_risk: int, breached: int) -> tuple[int, int]:
    rows = live.now(_Risky(at_risk, breached), _scene())["risky"]
    assert len(rows) == min(ROWS_MAX, at_risk + breached)
    return sum(r.level is Level.AT_RISK for r in rows), sum(r.level is Level.BREACHED for r in rows)


def test_neither_what_is_at_risk_nor_what_is_overdue_hides_the_other() -> None:
    assert _levels(3, 4) == (3, 4)
    assert _levels(200, 200) == (25, 25)
    assert _levels(10, 200) == (10, 40)
    assert _levels(200, 10) == (40, 10)


def test_the_nearest_deadlines_are_shown_only_while_nothing_is_urgent(
    busy_port: PortInMemory,
) -> None:
    facts = live.now(busy_port.board, _scene())
    assert facts["risky"]
    assert facts["nearest"] == []
    calm = Scene(STEWARD, Manner("en"), Asked(stage="pickup"), {})
    facts = live.now(busy_port.board, calm)
    assert facts["risky"] == []
    left = [row.left_s for row in facts["nearest"]]
    assert left == sorted(left)
    assert 0 < len(left) <= live.SOON_MAX


def test_a_port_that_is_not_heard_is_unknown_and_never_well() -> None:
    """No breach is told where nobody tells anything."""
    board = Board()
    board.heard(Heard("lyg-tos", "terminal-events", NOON, NOON, "CNLYG"), 0, 0)
    shown = {}
    for silent_s in (60, 3600):
        board.tick(0, NOON + silent_s, NOON + silent_s)
        shown[silent_s] = live.now(board, _scene())["unheard"]
    assert shown[60] == []
    (unheard,) = shown[3600]
    assert (unheard.source, unheard.silent_s, unheard.stopped) == ("lyg-tos", 3600, False)
    elsewhere = Scene(STEWARD, Manner("en"), Asked(port="CNSHD"), {})
    assert live.now(board, elsewhere)["unheard"] == []
    board.outcome(outcome("pickup", "11:00", limit=limit(90_000)), Place(0, 1))
    board.tick(0, NOON + 3700, NOON + 3700)
    for language, unknown, well in (
        ("en", "Not known how the port stands", "Nothing is at risk."),
        ("zh", "港口状况未知", "没有临近超时的环节。"),
    ):
        scene = Scene(STEWARD, Manner(language, path="/now"), Asked(), {})  # type: ignore[arg-type]
        _, text = Fragments(board).fragment(live.VIEWS["now"], scene)
        assert unknown in text
        assert "lyg-tos" in text
        assert well not in text


def test_newest_first_goes_by_the_beginning(busy_port: PortInMemory) -> None:
    rows = live.now(busy_port.board, _scene(order="newest"))["risky"]
    opened = [row.opened_at for row in rows]
    assert opened == sorted(opened, reverse=True)


def test_an_evaluator_gets_counts_and_no_rows(busy_port: PortInMemory) -> None:
    facts = live.now(busy_port.board, _scene(Viewer("Sun", Role.EVALUATOR)))
    assert facts["counts"].open > 0
    assert (facts["risky"], facts["nearest"]) == ([], [])


def test_a_tab_that_there_is_not_is_the_open_one() -> None:
    assert live.tab_of(_scene(state="nonsense")) == "open"
    assert live.tab_of(_scene(state="resolved")) == "resolved"


def _inspection(**at: int | None) -> Inspection:
    instants: dict[str, Any] = {f"{name}_at": at.get(name) for name in live.STEPS}
    return Inspection("v", box(), "container", "CNLYG", None, **instants, level=Level.CALM,
                      deadline_at=None, left_s=None)  # fmt: skip


def test_each_step_of_an_inspection_has_the_time_since_the_one_before() -> None:
    row = _inspection(noticed=NOON, received=NOON + 60, positioned=NOON + 300)
    steps = live.steps(row, NOON + 900)
    assert [step.took_s for step in steps] == [None, 60, 240, 600, None]
    assert [step.current for step in steps] == [False, False, False, True, False]


def test_a_step_that_nobody_reported_is_passed_and_its_time_counts_to_the_next() -> None:
    row = _inspection(noticed=NOON, started=NOON + 500)
    steps = live.steps(row, NOON + 700)
    assert [step.passed for step in steps] == [False, True, True, False, False]
    assert [step.took_s for step in steps] == [None, None, None, 500, 200]


def test_before_the_first_tick_nothing_is_so_far() -> None:
    steps = live.steps(_inspection(noticed=NOON), None)
    assert [step.took_s for step in steps] == [None] * 5


def test_silent_feeds_stand_first(busy_port: PortInMemory) -> None:
    facts = live.feeds(busy_port.board, _scene())
    quiet = [feed.quiet for feed in facts["feeds"]]
    assert quiet == sorted(quiet, reverse=True)
    assert facts["quiet"] == sum(quiet)
