"""The most affected: who, by how much, in which order, and never more than asked for."""

from random import Random

import pytest

from events.testing import box, told
from events.vocabulary import Verdict
from reports.whatif.affected import Affected, Toll, affected
from reports.whatif.beside import beside
from reports.whatif.testing import drafted, in_force
from reports.whatif.trial import law_of, tried
from timing.commitments.period import month
from timing.limits import Register
from timing.observation import observation_of, unit_key
from timing.patience import DAY_S
from timing.rules import Rules
from timing.testing import START

MARCH = month("2026-03")


def _found(now_min: int, then_min: int, *words: str) -> list[Affected]:
    limit = next(one for one in in_force().limit if one.id == "box-move")
    old, draft = (
        edition.model_copy(
            update={
                "limit": (limit.model_copy(update={"within": minutes * 60}),),
                "commitment": (),
            }
        )
        for edition, minutes in ((in_force(), now_min), (drafted(), then_min))
    )
    law = law_of(beside(draft, [old]), Rules(Register(())), START + 60 * DAY_S)
    story = told("08:00 gated-in", *words, facility="LPCT")
    reports = tuple(map(observation_of, story))
    return affected(tried(unit_key(story[0]), reports, law), MARCH)


MOVE = ("10:00 move-ordered", "10:25 move-ended")


def test_what_the_draft_breaks_is_told_with_its_limit() -> None:
    [one] = _found(30, 20, *MOVE)
    assert one == Affected(
        change="broken", over_s=300, visit_id=f"CNLYG/{box()}/20260302T000000Z", stage="box-move",
        occurrence=1, facility="LPCT", answers="terminal", closed_at=START + 145 * 60,
        now=Verdict.MET, then=Verdict.BREACHED, limit_id="box-move", limit_s=1200, net_s=1500,
    )  # fmt: skip


def test_what_the_draft_spares_is_told_with_the_limit_that_breaks_it_now() -> None:
    [one] = _found(20, 30, *MOVE)
    assert (one.change, one.over_s, one.limit_s) == ("spared", 300, 1200)
    assert (one.now, one.then) == (Verdict.BREACHED, Verdict.MET)


@pytest.mark.parametrize(("now", "then"), [(30, 30), (20, 22), (40, 30)])
def test_what_stays_as_it_was_is_not_told(now: int, then: int) -> None:
    assert _found(now, then, *MOVE) == []


@pytest.mark.parametrize(
    "words",
    [("10:00 move-ordered",), ("day+29 23:50 move-ordered", "day+30 00:15 move-ended")],
)
def test_what_did_not_end_in_the_time_is_not_told(words: tuple[str, ...]) -> None:
    assert _found(30, 20, *words) == []


def _affected(over_s: int, number: int, change: str = "broken") -> Affected:
    [one] = _found(30, 20, *MOVE)
    return one._replace(over_s=over_s, visit_id=f"V{number}", change=change)  # type: ignore[arg-type]


def test_the_farthest_over_come_first_and_no_more_than_asked_for() -> None:
    rng, template = Random(7), _affected(0, 0)
    changed = [template._replace(over_s=rng.randrange(99), visit_id=f"V{n:04}") for n in range(999)]
    toll = Toll(5)
    for one in changed:
        toll.take([one])
    expected = sorted(changed, key=lambda one: (-one.over_s, one.visit_id))[:5]
    assert list(toll.most().broken) == expected
    assert toll.most().visits_broken == 999


def test_a_visit_counts_once_however_much_of_it_changes() -> None:
    toll = Toll(9)
    one = _affected(5, 1)
    toll.take([one, one._replace(occurrence=2), one._replace(visit_id="W")])
    toll.take([one._replace(change="spared")])
    most = toll.most()
    assert (most.visits_broken, most.visits_spared) == (2, 1)
    assert (len(most.broken), len(most.spared)) == (3, 1)


def test_what_parts_keep_is_what_all_would_have_kept() -> None:
    rng, template = Random(8), _affected(0, 0)
    changed = [template._replace(over_s=rng.randrange(9), visit_id=f"V{n:04}") for n in range(200)]
    whole, parts, together = Toll(7), [Toll(7), Toll(7)], Toll(7)
    for number, one in enumerate(changed):
        whole.take([one])
        parts[number % 2].take([one])
    for part in parts:
        together.add(part.most())
    assert together.most() == whole.most()


def test_nobody_need_be_named() -> None:
    toll = Toll(0)
    toll.take([_affected(5, 1)])
    assert toll.most().broken == ()
    assert toll.most().visits_broken == 1
