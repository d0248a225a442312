"""A month is closed whole or not at all, once, and what was recorded is never touched again."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.shapes import PublishedCell, Vintage
from reports.testing import MONTH
from reports.vintages import digest
from reports.vintages.chain import ChainBroken, ordered
from reports.vintages.closing import STEPS, Disturbed, Step
from reports.vintages.facts_digest import frozen_of
from reports.vintages.standing import Refused
from reports.vintages.testing import RULES, Killed, MemoryArchive
from timing.commitments.period import month

patiently = settings(deadline=None, max_examples=25)


def killing(step: Step) -> Callable[[Step], None]:
    def told(now: Step) -> None:
        if now == step:
            raise Killed(step)

    return told


def attempt(archive: MemoryArchive, step: Step) -> None:
    with pytest.raises(Killed):
        archive.close(told=killing(step))


def test_a_vintage_says_what_it_was_made_of() -> None:
    archive = MemoryArchive()
    made = archive.close().vintage
    assert (made.id, made.standing, made.after) == ("2026-03.1", "provisional", "")
    assert made.facts == len(archive.today[MONTH]) > 100
    assert made.facts_hash == frozen_of(archive.today[MONTH]).hash
    assert made.published == digest.hashes(archive.published(made.id))
    assert made.rules == RULES


def test_the_steps_are_told_in_their_order() -> None:
    heard: list[Step] = []
    MemoryArchive().close(told=heard.append)
    assert tuple(heard) == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_there_is_no_vintage_and_the_next_attempt_makes_it_whole(
    step: Step,
) -> None:
    unbroken = MemoryArchive().close().vintage
    archive = MemoryArchive()
    attempt(archive, step)
    assert archive.vintages() == ()
    archive.correct(0)
    archive.correct(0, -60)
    assert archive.close().vintage == unbroken


@patiently
@given(st.lists(st.sampled_from(STEPS), max_size=6), st.integers(1, 5))
def test_killed_ever_so_often_while_facts_move_it_is_as_if_never(
    kills: list[Step], by_s: int
) -> None:
    archive = MemoryArchive(12)
    for number, step in enumerate(kills):
        attempt(archive, step)
        archive.correct(number, by_s)
    made = archive.close().vintage
    assert made.facts_hash == frozen_of(archive.today[MONTH]).hash
    assert made.published == digest.hashes(archive.protected(made.id, month(MONTH), ()))
    assert set(archive.kept) == set(archive.cells) == {made.id}


def test_killed_just_after_it_was_recorded_it_is_there_and_is_not_made_twice() -> None:
    archive = MemoryArchive()
    made = archive.close()
    again = archive.close()
    assert (made.made, again.made) == (True, False)
    assert again.vintage == made.vintage
    assert archive.vintages() == (made.vintage,)
    assert set(archive.kept) == {"2026-03.1"}


def test_a_correction_a_rule_or_becoming_final_makes_a_new_vintage() -> None:
    archive = MemoryArchive()
    archive.close()
    archive.correct(3)
    assert archive.close().vintage.id == "2026-03.2"
    archive.said_rules["extremes"] = "extremes/2"
    assert archive.close().vintage.id == "2026-03.3"
    final = archive.close("final").vintage
    assert (final.id, final.standing) == ("2026-03.4", "final")
    assert ordered(archive.vintages())[-1] == final


def test_what_is_final_is_restated_for_a_reason_and_only_when_it_would_change() -> None:
    archive = MemoryArchive()
    archive.close("final")
    with pytest.raises(Refused):
        archive.close("restated")
    assert not archive.close("restated", "a hunch").made
    archive.correct(5)
    restated = archive.close("restated", " Lianyungang sent its gate again ").vintage
    assert (restated.id, restated.reason) == ("2026-03.2", "Lianyungang sent its gate again")
    assert not archive.close("restated", "again").made


def test_the_earlier_vintage_stays_as_it_was() -> None:
    archive = MemoryArchive()
    first = archive.close().vintage
    kept, cells = archive.kept[first.id], dict(archive.published(first.id))
    archive.correct(2)
    archive.close("final")
    assert archive.vintages()[0] == first
    assert (archive.kept[first.id], archive.published(first.id)) == (kept, cells)


def test_a_refusal_touches_nothing() -> None:
    archive = MemoryArchive()
    archive.close("final")
    before = (archive.recorded[:], dict(archive.kept))
    with pytest.raises(Refused):
        archive.close()
    assert (archive.recorded, archive.kept) == before


def test_nothing_is_added_to_a_chain_that_is_broken() -> None:
    archive = MemoryArchive()
    archive.close()
    archive.recorded[0] = archive.recorded[0]._replace(after="x")
    archive.correct(1)
    with pytest.raises(ChainBroken):
        archive.close()


def test_of_two_that_close_at_once_only_one_is_recorded_and_the_other_says_so() -> None:
    archive = MemoryArchive()

    def meanwhile(step: Step) -> None:
        if step == "count":
            other = archive.today[MONTH][:50]
            archive.clear("2026-03.1")
            archive.kept["2026-03.1"] = other

    with pytest.raises(Disturbed, match="at the same time"):
        archive.close(told=meanwhile)
    assert archive.vintages() == ()


def test_cells_that_somebody_else_added_are_noticed() -> None:
    archive = MemoryArchive()

    def meanwhile(step: Step) -> None:
        if step == "read back":
            archive.publish("2026-03.1", "clearance", [PublishedCell(("x",), {"n": 9})])

    with pytest.raises(Disturbed):
        archive.close(told=meanwhile)


def test_whoever_comes_second_to_the_record_says_so() -> None:
    archive = MemoryArchive()

    def meanwhile(step: Step) -> None:
        if step == "record":
            archive.recorded.append(_another("2026-03.1"))

    with pytest.raises(Disturbed):
        archive.close(told=meanwhile)


def _another(id: str) -> Vintage:
    made = MemoryArchive(20).close().vintage
    return made._replace(id=id)
