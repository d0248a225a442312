"""The binding of the timing law asks exactly what the timekeeper asks."""

from typing import Any

from events.testing import at, event, tick, told
from streams.law import Law, TimingLaw
from streams.testing import about
from timing import engine
from timing.rules import Rules


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

    again = law.unpack(law.pack(history))
    assert law.pack(again) == law.pack(history)
    assert law.next_deadline(again) == law.next_deadline(history)
    moved = event("gated-out", "10:00", port="CNSHD")
    steps = [law.observe(each, moved, 0) for each in (history, again)]
    assert steps[0].words == steps[1].words
    assert law.pack(steps[0].history) == law.pack(steps[1].history)


def test_the_law_in_force_is_the_one_under_what_is_known_of_places() -> None:
    law = TimingLaw(Rules())
    declared = about("CNSHD", "suspension-declared", "09:10", port="CNSHD")
    place = law.declare(None, declared, 0).history
    assert law.pack(law.unpack(law.pack(place))) == law.pack(place)
    after = law.under([place])
    ten = int(at("10:00").timestamp())

    assert after.suspended(ten) == {"CNSHD": 1}
    assert after.suspended(int(at("09:09:59").timestamp())) == law.suspended(ten) == {}
    unit: Any = None
    for fact in told("08:30 discharged", "09:00 move-ordered", port="CNSHD"):
        unit = law.observe(unit, fact, ten).history
    step = after.reconsider(unit, law, ten, "s/s1")
    rules = Rules().under(engine.closures_of([place]))
    expected = engine.reconsider(unit, Rules(), rules, ten, "s/s1")
    assert step.words.outcomes == expected.words.outcomes != ()
    assert expected.history is not None
    assert after.next_deadline(step.history) == engine.next_deadline(expected.history, rules)


def test_a_law_under_places_keeps_what_else_it_is() -> None:
    """A law may be a subclass with a state of its own."""

    class Slow(TimingLaw):
        delay_s = 1.0

    law = Slow(Rules())
    law.delay_s = 2.0
    under = law.under([])
    assert isinstance(under, Slow)
    assert under.delay_s == 2.0
