"""Grafana and the live board count alike: told the same facts, they show the same numbers."""

import json

import pytest

from dashboards.rendering import COMMITTED
from dashboards.verify.facts import Facts
from dashboards.verify.frames import Run
from dashboards.verify.macros import ALL, Chosen, in_browser, on_server
from dashboards.verify.seeded import SINCE, UNTIL
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.state import Board
from serving.board.views import Asked, Sought

VIEWERS = {
    "operations": Viewer("steward", Role.STEWARD),
    "customs": Viewer("customs", Role.CUSTOMS),
}
ASKED = [
    Asked(),
    Asked(port="CNLYG"),
    Asked(port="O'Higgins", facility="LPCT"),
    Asked(port="宁波舟山", stage="inspection"),
]


@pytest.fixture(scope="module")
def board(facts: Facts) -> Board:
    """The live board, told of the same facts in the order of the log."""
    board = Board()
    for outcome, version in facts.outcomes:
        board.outcome(outcome, Place(0, version))
    for alert, version in facts.alerts:
        board.alert(alert, Place(0, version))
    for deed, _ in facts.deeds:
        board.deed(deed)
    board.tick(0, int(UNTIL.timestamp()))
    return board


def _rows(of: str, panel_id: int, asked: Asked, run: Run) -> tuple[tuple[object, ...], ...]:
    """What a panel answers to the same question."""
    document = json.loads((COMMITTED / "en" / f"{of}.json").read_bytes())
    (panel,) = (one for one in document["panels"] if one["id"] == panel_id)
    values = {name: [getattr(asked, name) or ALL] for name in ("port", "facility", "stage")}
    chosen = Chosen(values, SINCE, UNTIL)
    return run(on_server(in_browser(panel["targets"][0]["rawSql"], chosen), chosen)).rows


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("of", VIEWERS)
def test_grafana_counts_what_the_live_board_counts(
    of: str, asked: Asked, board: Board, run: Run
) -> None:
    counts = board.counts(VIEWERS[of], asked)
    said = (counts.units, counts.open, counts.at_risk, counts.breached)
    assert _rows(of, 1, asked, run) == (said,)
    assert any(said) or asked.stage


def test_stages_stand_in_the_same_order_with_the_same_counts(board: Board, run: Run) -> None:
    shares = board.shares(VIEWERS["operations"], Asked(), "stage")
    live = [
        (one.name, one.counts.open, one.counts.at_risk, one.counts.breached)
        for one in shares
        if one.counts.open
    ]
    assert list(_rows("operations", 4, Asked(), run)) == live
    assert live


@pytest.mark.parametrize("asked", ASKED)
def test_incidents_that_are_not_over_are_as_many(asked: Asked, board: Board, run: Run) -> None:
    states = frozenset({"at-risk", "breached"})
    found = board.incidents(VIEWERS["operations"], asked, Sought(states), limit=10_000)
    said = (
        len(found),
        sum(one.acknowledged_by is None for one in found),
        sum(one.assigned_to is not None for one in found),
        sum(one.escalated for one in found),
    )
    assert _rows("operations", 12, asked, run) == (said,)
