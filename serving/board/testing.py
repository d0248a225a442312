"""For tests of the board: a log as the streams would write it, a board told of it, and all of what
a viewer sees as one value.

Ships inside the package, so that no test imports from another test. Must never say what is right:
laws do.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from events.alerts import AlertDeed, incident_of
from events.outcomes import Alert, Outcome
from events.testing import FACILITY, MORNING, PORT, box
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.feeds import Heard
from serving.board.state import Board
from serving.board.views import Asked
from timing.play import Play
from timing.testing import OTHER_FACILITY, RULES, told

EVERYBODY = Viewer("steward", Role.STEWARD)
CUSTOMS = Viewer("customs", Role.CUSTOMS, frozenset({PORT}))
OPERATOR = Viewer("operator", Role.OPERATOR, frozenset({PORT}), frozenset({FACILITY}))
NEIGHBOUR = Viewer("neighbour", Role.OPERATOR, frozenset({PORT}), frozenset({OTHER_FACILITY}))
EVALUATOR = Viewer("evaluator", Role.EVALUATOR, frozenset({PORT}))
VIEWERS = (EVERYBODY, CUSTOMS, OPERATOR, NEIGHBOUR, EVALUATOR)
ALL = 10**6
MORNING_S = int(MORNING.timestamp())


class Record(NamedTuple):
    """One record of a log: an outcome, an alert, a deed, where a unit was seen, or a tick (an
    instant in epoch seconds), at its place."""

    said: Outcome | Alert | AlertDeed | Heard | int
    place: Place


def tell(board: Board, record: Record) -> None:
    """Tell a board of one record, as the reader would."""
    said, place = record
    if isinstance(said, Outcome):
        board.outcome(said, place)
    elif isinstance(said, Alert):
        board.alert(said, place)
    elif isinstance(said, AlertDeed):
        board.deed(said)
    elif isinstance(said, Heard):
        board.heard(said, 0, place.offset)
    else:
        board.tick(0, said)


def told_of(records: Iterable[Record]) -> Board:
    """A board that was told of all these."""
    board = Board()
    for record in records:
        tell(board, record)
    return board


def picture(board: Board, viewer: Viewer = EVERYBODY, asked: Asked = Asked()) -> dict[str, Any]:  # noqa: B008 - a frozen value
    """Everything that a viewer sees."""
    return {
        "now_s": board.now_s,
        "counts": board.counts(viewer, asked),
        "stages": board.shares(viewer, asked, "stage"),
        "facilities": board.shares(viewer, asked, "facility"),
        "yards": board.shares(viewer, asked, "yard"),
        "answers": board.shares(viewer, asked, "answers"),
        "at_risk": board.at_risk(viewer, asked, ALL),
        "nearest": board.nearest(viewer, asked, ALL),
        "incidents": board.incidents(viewer, asked, limit=ALL),
        "inspections": board.inspections(viewer, asked, ALL),
    }


class Written:
    """A log in the making: what the law says of some units as time goes by, in the order written.

    `watermark` is where the clock was stopped: right after an event, or some time later.
    """

    def __init__(self, rng: Random, units: int = 4, size: int = 14) -> None:
        self._play = Play(RULES)
        self._offsets = {Outcome: 0, Alert: 0, AlertDeed: 0, Heard: 0, int: 0}
        self.records: list[Record] = []
        stories = (told(rng, size, number=number) for number in range(units))
        self.events = sorted(
            (one for story in stories for one in story), key=lambda e: (e.occurred_at, e.unit.id)
        )
        if rng.random() < 0.5:
            del self.events[rng.randint(1, len(self.events)) :]
        self._write(rng)
        self.watermark = self._play.watermark

    def _write(self, rng: Random) -> None:
        moment = MORNING_S
        for one in self.events:
            moment = max(moment, int(one.occurred_at.timestamp()))
            self._reach(moment)
            self._say(Heard(one.source, "terminal-events", moment, moment, PORT, one.unit.id,
                            rng.choice((None, "A1-01", "A1-02", "B7-03", "C9"))))  # fmt: skip
            self._publish(self._play.take(one))
            self._do(rng, moment)
        self._reach(moment + rng.choice((0, 0, 600, 1500, 7200, 90_000)))

    def _reach(self, moment: int) -> None:
        self._play.reach(moment)
        self._publish(self._play.settle())
        self._say(moment)

    def _publish(self, steps: Iterator[Any]) -> None:
        for step in steps:
            for said in (*step.outcomes, *step.alerts):
                self._say(said)

    def _do(self, rng: Random, moment: int) -> None:
        """Now and then, somebody does something about an alert that was written."""
        alerts = [r.said for r in self.records if isinstance(r.said, Alert)]
        if alerts and rng.random() < 0.2:
            what = rng.choice(("acknowledged", "assigned", "commented", "escalated"))
            self._say(deed(rng.choice(alerts), what, moment, by=rng.choice(("ann", "bo"))))

    def _say(self, said: Outcome | Alert | AlertDeed | Heard | int) -> None:
        shape = type(said)
        self.records.append(Record(said, Place(0, self._offsets[shape])))
        self._offsets[shape] += 1


def deed(of: Alert, what: str, at_s: int, by: str = "ann", **fields: Any) -> AlertDeed:
    """Something done about the incident of an alert."""
    incident = incident_of(of)
    return AlertDeed.model_validate(
        {
            "deed_id": f"{incident}/{what}/{at_s}/{by}",
            "incident": incident,
            "visit_id": of.visit_id,
            "port": of.port,
            "facility": of.facility,
            "stage": of.stage,
            "answers": of.answers,
            "deed": what,
            "by": by,
            "to": "cy" if what in ("assigned", "escalated") else None,
            "text": "seen" if what == "commented" else None,
            "at": datetime.fromtimestamp(at_s, MORNING.tzinfo),
            **fields,
        }
    )


def many_visits(visits: int, make: Callable[..., Outcome], **fields: Any) -> Iterator[Outcome]:
    """One outcome for each of so many boxes."""
    for number in range(visits):
        yield make(unit=box(number), **fields)
