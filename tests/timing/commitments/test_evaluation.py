"""Evaluation: two editions that divide a month divide its cohort, and no unit counts twice."""

from typing import Any

from events.testing import at, box, told, wire
from timing.calls import calls_of
from timing.commitments.evaluation import evaluate
from timing.commitments.facts import Facts, traits_in
from timing.commitments.period import month
from timing.editions import Edition
from timing.gathered import gather
from timing.judge import judge
from timing.limits import Register, load_register
from timing.rules import Rules

MARCH = month("2026-03")


def _edition(name: str, since: Any, at_least: float, **more: Any) -> Edition:
    limit = {"id": "here.move", "stage": "box-move", "kind": "duration", "within": "PT30M"}
    promise = {
        "id": "here.moves", "words": "完成率", "kind": "share", "of": "here.move",
        "at_least": at_least,
    }  # fmt: skip
    usual = {
        "edition": name, "issuer": "here", "title": "limits", "source": "https://example.org",
        "status": "example", "port": "CNLYG", "effective_from": since,
        "limit": [limit], "commitment": [promise],
    }  # fmt: skip
    return Edition.model_validate({**usual, **more})


OLD = _edition("here/1", "undated", 0.5)
NEW = _edition("here/2", "2026-03-10", 0.99, supersedes="here/1")


def _facts(*days: int, minutes: int = 20) -> Facts:
    """A box a day, moved in so many minutes, judged as the offline judge does."""
    lines = wire(
        *(
            event
            for day in days
            for event in told(
                f"day+{day} 08:00 gated-in",
                f"day+{day} 10:00 move-ordered",
                f"day+{day} 10:{minutes:02} move-ended",
                unit=box(day),
                ids=f"b{day}-",
            )
        )
    )
    return Facts(tuple(judge(lines, Rules(Register((OLD, NEW)))).outcomes))


def _counts(facts: Facts, period: str = "2026-03") -> list[tuple[str, int, bool | None]]:
    return [
        (edition.edition, found.measures[0].judged, found.kept)
        for edition, found in evaluate((OLD, NEW), facts, month(period))
    ]


def test_each_edition_answers_for_what_began_while_it_was_in_force() -> None:
    """Day 0 is 2 March; the new edition takes effect on the 10th, which is day 8."""
    assert _counts(_facts(0, 7, 8, 20)) == [("here/1", 2, True), ("here/2", 2, True)]
    assert _counts(_facts(0, 7, 8, 20, minutes=40)) == [("here/1", 2, False), ("here/2", 2, False)]


def test_an_edition_that_judges_nothing_in_the_month_is_not_named() -> None:
    assert _counts(_facts(35), "2026-04") == [("here/2", 1, True)]
    assert _counts(_facts(0), "2026-02") == [("here/1", 0, None)]


def test_an_edition_that_has_ended_still_answers_for_what_it_left_open() -> None:
    opened = told("08:00 gated-in", "10:00 move-ordered", "day+40 09:00 declared")
    facts = Facts(tuple(judge(wire(*opened), Rules(Register((OLD, NEW)))).outcomes))
    found = [
        (edition.edition, dict(kept.measures[0].left_out))
        for edition, kept in evaluate((OLD, NEW), facts, month("2026-04"))
    ]
    assert found == [("here/1", {"open-over-limit": 1}), ("here/2", {})]


def test_calls_and_cargo_come_from_the_same_events() -> None:
    """石岛 in small: a rate over calls, and a share over general cargo alone."""
    rate = {
        "id": "here.rate", "words": "22自然箱/小时", "kind": "rate", "lifts": "per-call",
        "at_least": 22,
    }  # fmt: skip
    share = {
        "id": "here.moves", "words": "完成率99%", "kind": "share", "of": "here.move",
        "at_least": 0.99, "categories": ["general"],
    }  # fmt: skip
    edition = _edition("here/1", "undated", 0.5, commitment=[rate, share])
    said = [
        event
        for n in range(45)
        for event in told(
            "08:00 arrived",
            f"day+0 {9 + n // 30:02}:{n * 2 % 60:02} discharged",
            "12:00 move-ordered",
            "13:00 move-ended" if n == 0 else "12:10 move-ended",
            unit=box(n), ids=f"b{n}-", refs={"voyage": "V1"},
            cargo={"category": "dangerous" if n == 0 else "general"},
        )
    ]  # fmt: skip
    units = gather(said)
    rules = Rules(Register((edition,)))
    facts = Facts(
        tuple(judge(wire(*said), rules).outcomes),
        calls_of(units, int(at("day+1 12:00").timestamp())).calls,
        traits_in(units, rules.patience),
    )
    by_rate, by_share = (found for _, found in evaluate((edition,), facts, MARCH))
    assert (by_rate.measures[0].numerator, by_rate.measures[0].denominator) == (45, 88 * 60)
    assert by_rate.kept is True
    assert (by_share.measures[0].judged, by_share.kept) == (44, True)


def test_every_commitment_published_can_be_evaluated_and_none_is_kept_on_nothing() -> None:
    editions = load_register().editions
    found = list(evaluate(editions, Facts(), month("2026-03")))
    current = {one.edition.edition for one in found}
    assert {"shidao/undated", "shanghai/2019-12-30", "nansha/undated"} <= current
    assert "tianjin/2019-02-01-trial" not in current
    assert {one.kept.kept for one in found} == {None}
