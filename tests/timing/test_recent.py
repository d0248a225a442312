"""Recent: what was found is kept for the very history and rules it is of, and for few of them."""

from events.testing import box, told
from events.vocabulary import UnitType
from timing import engine, retold
from timing.announce import NOTHING
from timing.engine import Rules, observe
from timing.findings import Findings
from timing.history import History
from timing.limits import Register
from timing.recent import KEPT_MAX, Recent

RULES = Rules(Register(()))
ONE = History(f"CNLYG/{box()}", UnitType.CONTAINER)


def test_what_was_found_is_of_the_very_same_history_and_rules() -> None:
    recent = Recent[Findings]()
    recent.keep(ONE, RULES, NOTHING)
    assert recent.of(ONE, RULES) is NOTHING
    assert recent.of(History(ONE.key, ONE.unit_type), RULES) is None
    assert recent.of(ONE, Rules(Register(()))) is None
    assert Recent().of(ONE, RULES) is None


def test_of_one_unit_only_the_latest_is_kept() -> None:
    recent, later = Recent[Findings](), History(ONE.key, ONE.unit_type, watermark=1)
    recent.keep(ONE, RULES, NOTHING)
    recent.keep(later, RULES, NOTHING)
    assert (recent.of(ONE, RULES), recent.of(later, RULES)) == (None, NOTHING)


def test_the_oldest_gives_way_and_what_was_kept_again_is_not_old() -> None:
    recent = Recent[Findings]()
    others = [History(str(n), ONE.unit_type) for n in range(KEPT_MAX)]
    for history in (ONE, *others[:-1], ONE, others[-1]):
        recent.keep(history, RULES, NOTHING)
    assert recent.of(ONE, RULES) is NOTHING
    assert recent.of(others[0], RULES) is None
    assert all(recent.of(one, RULES) is NOTHING for one in others[1:])


def test_what_is_forgotten_is_asked_for_in_vain() -> None:
    recent = Recent[Findings]()
    recent.keep(ONE, RULES, NOTHING)
    recent.forget()
    assert recent.of(ONE, RULES) is None


def test_the_law_comes_to_the_same_whether_or_not_anything_is_kept() -> None:
    # a twin of the same reports, which nothing was found of before
    story = told(
        "08:00 discharged", "09:00 clock-stopped", "09:10 move-ordered", "09:20 clock-resumed"
    )
    known: History | None = None
    for each in story:
        twin = known and History(
            known.key, known.unit_type, known.body, known.watermark, known.settled_until,
            known.register, known.due_at, known.live,
        )  # fmt: skip
        step, again = observe(known, each, RULES, 0), observe(twin, each, RULES, 0)
        assert (step.outcomes, step.fates) == (again.outcomes, again.fates)
        assert step.history == again.history
        known = step.history


def test_the_verbs_forget_what_they_keep_beside_the_histories() -> None:
    away = heard("08:00 discharged", "12:00 gated-out", "13:00 declared", "12:30 truck-arrived")
    late = heard("08:00 discharged", "09:00 declared", "08:30 move-ordered")
    assert engine._RECENT.of(away, RULES) is not None
    assert retold._TOLD.of(late, RULES) is not None
    engine.forget_found()
    assert engine._RECENT.of(away, RULES) is None
    assert retold._TOLD.of(late, RULES) is None


def heard(*sentences: str) -> History:
    known: History | None = None
    for each in told(*sentences):
        known = observe(known, each, RULES, 0).history
    assert known is not None
    return known
