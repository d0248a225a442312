"""Laws of the board: what it shows follows from the records that stand, however they were read."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from events.alerts import incident_of
from events.envelope import Event
from events.instants import from_epoch
from events.outcomes import Alert, Outcome
from events.testing import alert, at, box, limit, outcome, wire
from events.vocabulary import Verdict
from serving.access.viewers import Viewer
from serving.asks import Place
from serving.board.state import Board
from serving.board.testing import (
    ALL,
    EVERYBODY,
    VIEWERS,
    Record,
    Written,
    deed,
    picture,
    tell,
    told_of,
)
from serving.board.views import Asked, Counts, Incident, Level, OpenStage
from timing.judge import judge
from timing.testing import RULES, judged

NOW_S = int(at("10:24").timestamp())
SEEDS = pytest.mark.parametrize("seed", range(10))
Key = tuple[str, str, int, str]


@cache
def _log(seed: int, units: int = 4) -> Written:
    return Written(Random(seed), units)


def _last(records: Iterable[Record]) -> dict[Key, Outcome]:
    """The outcomes that stand, open or closed, counted again from scratch."""
    found: dict[Key, tuple[int, Outcome]] = {}
    for said, place in records:
        if isinstance(said, Outcome):
            key = (said.visit_id, said.stage, said.occurrence, said.limit.id if said.limit else "")
            if key not in found or found[key][0] < place.offset:
                found[key] = (place.offset, said)
    last = {key: said for key, (_, said) in found.items()}
    return {key: said for key, said in last.items() if said.verdict is not Verdict.VOID}


def _standing_alerts(records: Iterable[Record]) -> dict[str, Alert]:
    found: dict[str, tuple[int, Alert]] = {}
    for said, place in records:
        if isinstance(said, Alert) and place.offset >= found.get(incident_of(said), (-1,))[0]:
            found[incident_of(said)] = (place.offset, said)
    return {id: said for id, (_, said) in found.items()}


def _recounted(records: list[Record], viewer: Viewer) -> Counts:
    alerts = _standing_alerts(records)
    levels: Counter[str] = Counter()
    visits = set()
    for (visit_id, stage, number, limit_id), said in _last(records).items():
        seen = viewer.counts(said.port, said.facility, said.stage, said.answers)
        if said.closed_at is not None or not seen:
            continue
        visits.add(visit_id)
        if not limit_id:
            continue
        warned = alerts.get(f"{visit_id}/{stage}/{number}/{limit_id}")
        if said.verdict is Verdict.BREACHED:
            levels["breached"] += 1
        elif warned is not None and warned.state in ("at-risk", "breached"):
            levels["at-risk"] += 1
        else:
            levels["calm"] += 1
    return Counts(len(visits), levels.total(), levels["at-risk"], levels["breached"])


@SEEDS
def test_any_order_and_any_repetition_ends_in_the_same_board(seed: int) -> None:
    records, again = _log(seed).records, Random(seed)
    shuffled = [*records, *again.choices(records, k=len(records) // 2)]
    again.shuffle(shuffled)
    straight, mixed = told_of(records), told_of(shuffled)
    for viewer in VIEWERS:
        assert picture(mixed, viewer) == picture(straight, viewer)


@SEEDS
def test_the_counts_are_those_of_a_recount_wherever_the_log_is_cut(seed: int) -> None:
    records = _log(seed).records
    records = records[: Random(seed).randint(0, len(records))]
    board = told_of(records)
    for viewer in VIEWERS:
        assert board.counts(viewer, Asked()) == _recounted(records, viewer)


@SEEDS
def test_the_open_stages_are_those_of_the_judge_when_the_clock_is_stopped(seed: int) -> None:
    written = _log(seed)
    board = told_of(written.records)
    now = from_epoch(written.watermark + RULES.patience.allowed_lateness_s)
    found = judge(wire(*written.events), RULES, now)
    still = [o for o in found.outcomes if o.closed_at is None and o.limit is not None]
    counts = board.counts(EVERYBODY, Asked())
    assert counts.open == len(still)
    assert counts.breached == sum(o.verdict is Verdict.BREACHED for o in still)
    shown = {(s.visit_id, s.stage, s.occurrence, s.limit_id, s.level is Level.BREACHED)
             for s in [*board.nearest(EVERYBODY, Asked(), ALL)]}  # fmt: skip
    assert shown == {
        (o.visit_id, o.stage, o.occurrence, o.limit.id, o.verdict is Verdict.BREACHED)
        for o in still
        if o.limit is not None and o.deadline_at is not None
    }


@SEEDS
def test_levels_are_those_of_the_law_when_the_clock_is_stopped(seed: int) -> None:
    written = _log(seed)
    board, stories = told_of(written.records), defaultdict[str, list[Event]](list)
    for one in written.events:
        stories[one.unit.id].append(one)
    still = [
        (f"{f.key.visit_id}/{f.key.stage}/{f.key.occurrence}/{f.key.limit_id}", f.level.name)
        for story in stories.values()
        for f in judged(story, written.watermark).by_key.values()
        if f.occurrence.closed_at is None and f.applied is not None
    ]
    shown = {row.incident: row.level.name for row in board.nearest(EVERYBODY, limit=ALL)}
    assert shown == {incident: level for incident, level in still if incident in shown}
    urgent = [level for _, level in still if level != "CALM"]
    assert len(board.at_risk(EVERYBODY, limit=ALL)) == len(urgent)


def _asked(rng: Random) -> Asked:
    return Asked(
        facility=rng.choice(("", "", "LPCT", "LPT2")),
        yard=rng.choice(("", "", "A1", "B7", "Z9")),
        stage=rng.choice(("", "", "release-time", "box-move", "inspection")),
        answers=rng.choice(("", "", "terminal", "customs", "all")),
        mode=rng.choice(("", "", "water", "road")),
    )


@SEEDS
def test_a_question_narrows_and_a_viewer_sees_only_what_is_theirs(seed: int) -> None:
    """Every row and every count again from all rows of somebody who sees everything."""
    board, rng = told_of(_log(seed, units=8).records), Random(seed)
    everything = board.nearest(EVERYBODY, Asked(), ALL)
    for viewer in VIEWERS:
        asked = _asked(rng)
        wanted = [row for row in everything if _answers(row, asked) and _theirs(viewer, row)]
        assert board.nearest(viewer, asked, ALL) == wanted
        urgent = [row for row in board.at_risk(EVERYBODY, limit=ALL)
                  if _answers(row, asked) and _theirs(viewer, row)]  # fmt: skip
        assert board.at_risk(viewer, asked, ALL) == urgent
        assert board.at_risk(viewer, asked, 2) == urgent[:2]
        for incident in board.incidents(viewer, asked, limit=ALL):
            assert _theirs(viewer, incident)
            assert board.incident(viewer, incident.incident) == incident
    for incident in board.incidents(EVERYBODY, limit=ALL):
        for viewer in VIEWERS:
            found = board.incident(viewer, incident.incident)
            assert found == (incident if _theirs(viewer, incident) else None)


def _answers(row: OpenStage, asked: Asked) -> bool:
    yard = "" if row.spot is None else row.spot.partition("-")[0]
    said = (row.port, row.facility, yard, row.stage, row.answers, row.mode)
    words = (asked.port, asked.facility, asked.yard, asked.stage, asked.answers, asked.mode)
    return all(word in ("", have) for word, have in zip(words, said, strict=True))


def _theirs(viewer: Viewer, row: OpenStage | Incident) -> bool:
    return viewer.sees(row.port, row.facility, row.stage, row.answers)


@SEEDS
def test_rows_come_in_the_order_of_urgency_and_none_is_missing(seed: int) -> None:
    board = told_of(_log(seed, units=8).records)
    rows = board.nearest(EVERYBODY, limit=ALL)
    hopeful = [row.deadline_at for row in rows if row.level is not Level.BREACHED]
    broken = [row.deadline_at for row in rows if row.level is Level.BREACHED]
    assert [row.deadline_at for row in rows] == hopeful + broken
    assert hopeful == sorted(hopeful, key=_number)
    assert broken == sorted(broken, key=_number, reverse=True)
    counts = board.counts(EVERYBODY)
    undated = counts.open - len(rows)
    assert undated >= 0
    assert len({row.incident for row in rows}) == len(rows)
    now_s = board.now_s
    assert now_s is not None
    for row in rows:
        assert row.deadline_at is not None
        assert row.left_s == row.deadline_at - now_s
        assert row.used is None or (row.used > 1) == (row.left_s < 0)


def _number(at_s: int | None) -> int:
    assert at_s is not None
    return at_s


@SEEDS
def test_shares_are_the_counts_of_each_word_the_worst_first(seed: int) -> None:
    board, rng = told_of(_log(seed, units=8).records), Random(seed)
    for viewer in VIEWERS:
        asked = _asked(rng)
        for word, share in (("stage", "stage"), ("facility", "facility"), ("answers", "answers")):
            for one in board.shares(viewer, asked, share):  # type: ignore[arg-type]
                if one.name:
                    assert one.counts == board.counts(viewer, replace(asked, **{word: one.name}))
        yards = board.shares(viewer, asked, "yard")
        for one in yards:
            if one.name:
                assert one.counts == board.counts(viewer, replace(asked, yard=one.name))
        shares = board.shares(viewer, asked, "stage")
        breached = [one.counts.breached for one in shares]
        assert breached == sorted(breached, reverse=True)
        counts = board.counts(viewer, asked)
        for some in (shares, yards):
            assert sum(one.counts.open for one in some) == counts.open
            assert sum(one.counts.breached for one in some) == counts.breached
        assert sum(one.counts.units for one in yards) == counts.units


def test_a_stage_under_two_limits_is_two_open_stages_of_one_unit() -> None:
    board = Board()
    for n, id in enumerate(("first", "second")):
        board.outcome(_open(limit=limit(id=id)), Place(0, n))
    board.outcome(outcome("release-time", "10:00"), Place(0, 2))
    assert board.counts(EVERYBODY) == Counts(units=1, open=2, at_risk=0, breached=0)


def _open(**fields: Any) -> Outcome:
    usual = {"verdict": "open", "limit": limit(), "deadline_at": at("10:30")}
    return outcome("box-move", "10:00", **{**usual, **fields})


RISK = alert("box-move", "at-risk", "10:20", visit_id=_open().visit_id)
LATE = alert("box-move", "breached", "10:30", visit_id=_open().visit_id)
OVER = alert("box-move", "resolved", "10:40", visit_id=_open().visit_id)


def test_an_outcome_says_breached_and_an_alert_at_risk() -> None:
    board = Board()
    levels: list[list[Level]] = []
    for said in (_open(), RISK, LATE, _open(verdict="breached"), OVER):
        tell(board, Record(said, Place(0, len(levels))))
        levels.append([row.level for row in board.nearest(EVERYBODY)])
    calm, risk, broken = [Level.CALM], [Level.AT_RISK], [Level.BREACHED]
    assert levels == [calm, risk, risk, broken, broken]


@pytest.mark.parametrize("ending", ["met", "breached", "excused", "void", "no-limit"])
def test_what_closed_or_was_withdrawn_is_open_no_longer(ending: str) -> None:
    board = told_of([Record(_open(), Place(0, 0)), Record(RISK, Place(0, 0))])
    closed = None if ending == "void" else "10:40"
    board.outcome(outcome("box-move", "10:00", closed, verdict=ending, limit=limit()), Place(0, 1))
    assert board.counts(EVERYBODY) == Counts(0, 0, 0, 0)
    assert board.nearest(EVERYBODY) == []
    assert board.shares(EVERYBODY, Asked(), "stage") == []
    board.outcome(_open(), Place(0, 0))
    assert board.counts(EVERYBODY) == Counts(0, 0, 0, 0)
    board.outcome(_open(), Place(1, 0))
    assert board.counts(EVERYBODY) == Counts(units=1, open=1, at_risk=1, breached=0)


def test_only_what_can_be_seen_makes_another_version() -> None:
    board = Board()
    board.outcome(_open(), Place(0, 0))
    version = board.version
    board.outcome(_open(), Place(0, 0))
    board.outcome(_open(), Place(0, 5))
    board.outcome(outcome("pickup", "10:00", "10:10", unit=box(3)), Place(0, 6))
    board.deed(deed(RISK, "acknowledged", NOW_S))
    board.tick(0, NOW_S)
    assert board.version == version + 1
    board.tick(0, NOW_S - 5)
    board.tick(1, NOW_S)
    assert board.version == version + 1
    board.alert(RISK, Place(0, 0))
    assert board.version == version + 2


def test_time_is_that_of_the_partition_furthest_behind() -> None:
    board = Board()
    assert board.now_s is None
    board.outcome(_open(), Place(0, 0))
    (row,) = board.nearest(EVERYBODY)
    assert (row.left_s, row.used) == (None, None)
    for partition, at_s in ((0, NOW_S), (3, NOW_S + 60), (0, NOW_S + 20), (0, NOW_S)):
        board.tick(partition, at_s)
    assert board.now_s == NOW_S + 20


def test_nothing_stays_after_a_restart() -> None:
    board = told_of(_log(3).records)
    before = board.version
    board.restart()
    assert picture(board) == picture(Board())
    assert set(board.kept().values()) == {0}
    assert board.version > before
