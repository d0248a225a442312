"""The binding of the timing law asks exactly what the timekeeper asks."""

from events.testing import at, event, tick
from streams.law import Law, TimingLaw
from timing import engine
from timing.engine import Rules


def test_the_law_is_timing_with_its_rules() -> None:
    rules = Rules()
    law: Law = TimingLaw(rules)
    moved = event("discharged", "09:00", port="CNSHD")
    step = law.observe(None, moved, 0)

    assert step.history == engine.observe(None, moved, rules, 0).history
    assert step.novelty == "new"
    assert law.unit_key(moved) == engine.unit_key(moved)
    deadline_s = law.next_deadline(step.history)
    assert deadline_s == engine.next_deadline(step.history, rules)
    later = int(at("day+1 09:00").timestamp())
    assert (
        law.elapse(step.history, later).history == engine.elapse(step.history, later, rules).history
    )
    assert law.watermark_of(tick("09:00").at) == engine.watermark_of(tick("09:00").at, rules)


def test_a_history_survives_the_changelog() -> None:
    law = TimingLaw(Rules())
    history = law.observe(None, event("discharged", "09:00", port="CNSHD"), 0).history

    assert law.unpack(law.pack(history)) == history
