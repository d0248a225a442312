"""Cells of commitments: what the database counts is what plain Python counts, and what both count
is what the law of commitments comes to over the same outcomes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from random import Random

import pytest

from events.testing import wire
from reports.cells import count_cells
from reports.datasets import Dimension, dataset
from reports.facts import FrozenFact, LimitFact
from reports.plain import plain_cells
from reports.plain_facts import plain_facts
from reports.pledges import NO_LIMIT, NOBODY, Pledge, pledges_of, verdict_of
from reports.shapes import Cell
from reports.tables import Tables
from reports.testing import frozen_facts
from reports.vintages.tabled_facts import row_of
from reports.whatif.testing import drafted, drawn, in_force
from sinks.publishing import VINTAGE_FACTS
from timing.commitments.evaluation import Evaluated, evaluate
from timing.commitments.facts import Facts, traits_in
from timing.commitments.period import month
from timing.commitments.promise import MeanPromise, PercentilePromise, SharePromise
from timing.gathered import gather
from timing.judge import judge
from timing.limits import PUBLISHED, Register, load_register
from timing.measures.cohorts import cohorts_of
from timing.patience import Patience
from timing.rules import Rules

MARCH = month("2026-03")
NOW = datetime(2026, 5, 20, tzinfo=UTC)
COMMITMENTS = dataset("commitments")
OF_UNITS = (SharePromise, PercentilePromise, MeanPromise)


def _pledges(facts: list[FrozenFact]) -> tuple[Pledge, ...]:
    """Every kind, narrowed in every way, about stages that the facts have."""
    stages = tuple(sorted({fact.stage for fact in facts}))
    limit = next(one.limit for fact in facts for one in fact.limits)
    begun = sorted(fact.opened_at for fact in facts)
    middle = begun[len(begun) // 2]
    port, *others = sorted({fact.port for fact in facts})
    wide = Pledge(port, "e/1", "wide", "mean", stages, (), (), (), (), "", 0, 2**62, "", 0)
    narrow: list[dict[str, object]] = [
        {"kind": "percentile", "within_s": 3600}, {"kind": "percentile", "within_s": 90_000},
        {"kind": "share", "limit": limit}, {"kind": "share", "limit": "none.such"},
        {"facilities": ("LPCT", "FAC1")}, {"modes": ("water",)}, {"directions": ("import",)},
        {"categories": ("general",)}, {"laden": "yes"}, {"laden": NOBODY}, {"until_s": middle},
        {"since_s": middle}, {"stages": stages[:1]},
    ]  # fmt: skip
    narrow += [{"port": one} for one in others]
    return (
        wide,
        *(wide._replace(commitment=f"c{n}", **own) for n, own in enumerate(narrow)),  # type: ignore[arg-type]
    )


def _held(place: int, fact: FrozenFact) -> FrozenFact:
    """Others held a part of some."""
    return fact if place % 3 else fact._replace(net_s=fact.net_s // 3)


@pytest.mark.parametrize("rest", [False, True])
def test_the_database_counts_commitments_as_plain_python_does(tables: Tables, rest: bool) -> None:
    facts = [_held(place, fact) for place, fact in enumerate(frozen_facts(5, 150))]
    tables.insert(
        "vintage_facts", VINTAGE_FACTS.columns, [row_of("2026-03.1", f) for f in facts], "pledged"
    )
    asked = COMMITMENTS.with_pledges(_pledges(facts))
    asked = asked.rest if rest else asked
    found = count_cells(tables, ["2026-03.1"], asked)
    assert found == plain_cells(facts, asked)
    assert len({cell.key[2] for cell in found}) > 7
    verdicts = [sum(getattr(c.summary, v) for c in found) for v in ("met", "breached", "excused")]
    assert all(verdicts) if not rest else not any(verdicts)
    assert count_cells(tables, ["2026-03.1"], COMMITMENTS) == ()


def _naming(words: Mapping[Dimension, str]) -> frozenset[tuple[str, str]]:
    return frozenset((str(dimension), word) for dimension, word in words.items())


def test_what_commitments_count_and_their_rest_are_the_stages_that_they_are_about() -> None:
    facts = frozen_facts(5, 150)
    asked = COMMITMENTS.with_pledges(_pledges(list(facts)))
    counted: dict[frozenset[tuple[str, str]], tuple[int, int]] = {
        words: (cell.summary.n, cell.summary.sum_s)
        for of in (dataset("stages"),)
        for cell in plain_cells(facts, of)
        for words in [_naming(of.words(cell.key))]
    }
    shared: dict[tuple[str, frozenset[tuple[str, str]]], list[Cell]] = {}
    for of in (asked, asked.rest):
        for cell in plain_cells(facts, of):
            words = of.words(cell.key)
            if {"stage", "direction"} <= words.keys():
                named = words.pop("commitment")
                words.pop("edition")
                shared.setdefault((named, _naming(words)), []).append(cell)
    assert len(shared) > 100
    for (_, named_words), cells in shared.items():
        n, sum_s = (sum(getattr(c.summary, name) for c in cells) for name in ("n", "sum_s"))
        assert counted.get(named_words, (n, sum_s)) == (n, sum_s)


@pytest.mark.parametrize("seed", range(4))
def test_cells_of_commitments_come_to_what_the_law_comes_to(seed: int) -> None:
    """The oracle: the outcomes of drawn stories, evaluated by `timing.commitments`."""
    editions = [in_force() if seed % 2 else drafted()]
    events = drawn(Random(seed), boxes=40)
    outcomes = judge(wire(*events), Rules(Register(tuple(editions)), Patience()), NOW).outcomes
    traits = traits_in(gather(events), Patience())
    law = evaluate(editions, Facts(tuple(outcomes), (), traits), MARCH)
    facts = plain_facts(outcomes, cohorts_of(events, Patience()), MARCH)
    asked = COMMITMENTS.with_pledges(pledges_of(editions))
    cells = {cell.key[2]: cell for cell in plain_cells(facts, asked) if set(cell.key[3:]) == {"*"}}
    expected = [one for one in law if isinstance(one.kept.promise, OF_UNITS)]
    assert expected
    for one in expected:
        _compare(one, cells)


def _compare(one: Evaluated, cells: dict[str, Cell]) -> None:
    promise = one.kept.promise
    for measure in one.kept.measures:
        named = f"{promise.id}:{measure.bound.of}" if measure.bound.of else promise.id
        if measure.cohort == 0:
            assert named not in cells
            continue
        summary = cells[named].summary
        if isinstance(promise, MeanPromise):
            assert measure.value == (Fraction(summary.sum_s, summary.n) if summary.n else None)
        else:
            judged = summary.met + summary.breached
            assert (measure.numerator, measure.denominator) == (summary.met, judged)
        reasons = dict(summary.left_out)
        open_n = sum(n for why, n in measure.left_out.items() if why.startswith("open"))
        own = {w: n for w, n in measure.left_out.items() if w in ("inferred-close", "undone")}
        assert open_n == summary.open_n
        assert own == {why: n for why, n in reasons.items() if why != NO_LIMIT}
        left = sum(reasons.values()) + summary.open_n
        assert sum(measure.left_out.values()) == left + summary.excused * (
            not isinstance(promise, MeanPromise)
        )


def test_every_promise_over_units_that_is_published_is_counted() -> None:
    editions = load_register(PUBLISHED).editions
    promises = {p.id for e in editions for p in e.commitment if isinstance(p, OF_UNITS)}
    pledges = pledges_of(editions)
    assert {one.commitment.partition(":")[0] for one in pledges} == promises
    assert len({(one.edition, one.commitment) for one in pledges}) == len(pledges)


def test_a_share_of_a_limit_covers_what_both_cover() -> None:
    fact = frozen_facts(5, 10)[0]
    both = Pledge(fact.port, "e", "c", "share", (fact.stage,), (), (), (), (), "", 0, 2**62, "l", 0)
    assert both.covers(fact)
    assert not both._replace(facilities=(NOBODY,)).covers(fact)
    ended = fact._replace(
        standing="ended", left_out="", limits=(LimitFact("l", "e", 1, 1, "excused"),)
    )
    assert verdict_of(both, ended) == ("", "excused")
    assert verdict_of(both._replace(limit="other"), ended) == (NO_LIMIT, "")
