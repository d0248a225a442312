"""Promises on the board: the same numbers as `portclock commitments`, and never a guess."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

import orjson
import pytest

from events.outcomes import Outcome
from portclock.board import promised as module
from portclock.board.promised import exact, promises
from portclock.commands.commitments import _known
from portclock.traffic.feed import traffic
from serving.asks import AnswerUnavailable, Promise
from sinks.memory import MemoryStore
from sinks.rows import outcome_row
from sinks.tables import DWELLS
from timing.commitments.evaluation import evaluate
from timing.commitments.facts import Facts
from timing.commitments.period import month_of
from timing.rules import Rules

LAW = Rules()


@pytest.fixture(scope="module")
def facts() -> Facts:
    """What a simulated port did, cargo and vessel calls too: more than outcomes tell."""
    return _known([sent.value for sent in traffic(120, 3)], LAW).facts


@pytest.fixture(scope="module")
def store(facts: Facts) -> MemoryStore:
    """Its outcomes, and nothing else of it."""
    made, version = MemoryStore(), count(1)
    rows = [outcome_row(one, next(version)) for one in facts.outcomes if isinstance(one, Outcome)]
    assert len(rows) == len(facts.outcomes)
    made.insert(DWELLS, rows, "o")
    return made


def months(facts: Facts) -> list[int]:
    """An instant in each month in which something ended."""
    ended = [int(o.closed_at.timestamp()) for o in facts.outcomes if o.closed_at]
    return sorted({month_of(at).begins_at: at for at in ended}.values())


def days_of(at: int) -> tuple[date, date]:
    """The first and last local day of a month."""
    first = date.fromisoformat(f"{month_of(at).name}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def by_commitments(facts: Facts, at: int) -> Iterator[tuple[object, ...]]:
    """As the whole law has it, from everything known."""
    for one in evaluate(LAW.register.editions, facts, month_of(at)):
        if exact(one.kept.promise, one.edition):
            for measure in one.kept.measures:
                yield (one.edition.port, one.kept.promise.id, one.edition.edition,
                       measure.numerator, measure.denominator, measure.kept)  # fmt: skip


def numbers(row: Promise) -> tuple[object, ...]:
    return (row.port, row.commitment_id, row.edition, row.numerator, row.denominator, row.kept)


def test_the_numbers_are_those_of_all_facts_though_outcomes_alone_were_asked(
    facts: Facts, store: MemoryStore
) -> None:
    ports = {edition.port for edition in LAW.register.editions}
    judged = 0
    for at in months(facts):
        found = [
            row for port in sorted(ports)
            for row in promises(store, LAW.register.editions, port, *days_of(at))
        ]  # fmt: skip
        assert sorted(map(numbers, found), key=str) == sorted(by_commitments(facts, at), key=str)
        judged += sum(row.denominator for row in found)
    assert judged > 50


def test_what_outcomes_cannot_tell_is_left_out() -> None:
    kinds: dict[bool, set[str]] = {True: set(), False: set()}
    for edition in LAW.register.editions:
        for promise in edition.commitment:
            kinds[exact(promise, edition)].add(promise.id)
    assert "shidao.pickup.completion" in kinds[True]
    assert "shidao.liner-rate" in kinds[False]
    assert "nansha.inspection-move.completion" in kinds[False]


def test_a_promise_says_what_it_is_about(store: MemoryStore, facts: Facts) -> None:
    first, last = days_of(months(facts)[-1])
    found = {row.commitment_id: row for row in promises(store, LAW.register.editions, "CNSHD",
                                                         first, last)}  # fmt: skip
    row = found["shidao.pickup.completion"]
    assert (row.stage, row.unit, row.edition) == ("pickup", "%", "shidao/undated")
    assert 1 < row.promised <= 100
    points = promises(store, LAW.register.editions, "CNSHA", first, last)
    assert [row.stage for row in points] == ["pickup"]
    assert "PT60M" in orjson.dumps(points[0].words).decode() or "PT1H" in points[0].words


def test_too_much_is_refused_and_never_cut_off(
    store: MemoryStore, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OUTCOMES_MAX", 3)
    with pytest.raises(AnswerUnavailable, match="more than 3 outcomes of CNSHD"):
        promises(store, LAW.register.editions, "CNSHD", *days_of(months(facts)[-1]))
