"""Facts: what began while an edition was in force, and what limits may read of it."""

from events.testing import at, box, outcome, suspension, told
from events.vocabulary import Category, Direction, Mode
from timing.calls import Call
from timing.commitments.facts import Facts, began, traits_in
from timing.gathered import gather
from timing.patience import Patience
from timing.visits import Traits


def _s(words: str) -> int:
    return int(at(words).timestamp())


def _call(berthed: str | None, first: str, port: str = "CNLYG") -> Call:
    berthed_at = None if berthed is None else _s(berthed)
    return Call(
        port, "LPCT", "V1", "foreign", None, berthed_at, _s(first), _s("12:00"), None, 1, (), ()
    )


def test_what_began_before_or_after_an_edition_is_not_its_own() -> None:
    outcomes = [outcome("box-move", f"{hour}:00", unit=box(hour)) for hour in (10, 11, 12)]
    elsewhere = outcome("box-move", "11:00", port="CNSHA")
    calls = _call("10:00", "11:30"), _call("11:00", "11:30"), _call(None, "11:00")
    facts = Facts((*outcomes, elsewhere), (*calls, _call("11:00", "11:30", "CNSHA")))
    mine = facts.begun("CNLYG", _s("11:00"), _s("12:00"))
    assert mine.outcomes == (outcomes[1],)
    assert mine.calls == calls[1:]


def test_a_call_begins_at_berthing_unless_it_was_told_for_later() -> None:
    assert began(_call("10:00", "11:00")) == _s("10:00")
    assert began(_call("11:30", "11:00")) == _s("11:00")
    assert began(_call(None, "11:00")) == _s("11:00")


def test_the_traits_of_a_visit_are_those_that_limits_read() -> None:
    cargo = {"size_type": "22G1", "laden": True, "category": "dangerous"}
    visit = told("08:00 gated-in", "09:00 move-ordered", cargo=cargo, direction="export")
    found = traits_in(gather([*visit, *suspension("10:00")]), Patience())
    (visit_id,) = found
    assert visit_id == f"CNLYG/{box(0)}/20260302T000000Z"
    assert found[visit_id][:6] == (
        Mode.WATER, Direction.EXPORT, "LPCT", "22G1", True, Category.DANGEROUS,
    )  # fmt: skip


def test_an_outcome_alone_tells_neither_cargo_nor_size() -> None:
    one = outcome("box-move", "10:00")
    alone = Facts((one,)).traits_of(one)
    assert alone[:6] == (Mode.WATER, Direction.IMPORT, "LPCT", None, None, None)
    known = Traits(Mode.WATER, Direction.IMPORT, "LPCT", "22G1", True, Category.REEFER)
    assert Facts((one,), (), {one.visit_id: known}).traits_of(one) is known
