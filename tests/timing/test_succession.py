"""Succession: one promise at a time, no silent gap, and no limit lost on the way."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from timing.editions import Edition
from timing.instants import ALWAYS, NEVER
from timing.succession import misfits, refusals, terms_of
from timing.written import midnight

MakeEdition = Callable[..., Edition]
Where = tuple[str | int, ...]
JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)


@pytest.fixture
def dated(edition: MakeEdition) -> MakeEdition:
    """An edition by its name, from a day on, with a limit on moves unless others are named."""

    def make(name: str, since: date | None, *limits: str, **fields: Any) -> Edition:
        first = {"effective_from": since} if since else {}
        return edition(*(limits or ("box-move PT1H",)), edition=name, **first, **fields)

    return make


def found(*editions: Edition) -> list[tuple[str, Where, str]]:
    return [(one.edition, fault.where, fault.what) for one, fault in misfits(editions)]


def only(*editions: Edition) -> tuple[str, Where, str]:
    (fault,) = found(*editions)
    return fault


#  a |=====================|                     2026-01 to 2026-06
#  b                       |=================>   2026-06, supersedes a
def test_an_edition_is_in_force_until_its_successor_begins(dated: MakeEdition) -> None:
    one, two = dated("a", JANUARY), dated("b", JUNE, supersedes="a")
    assert [(t.begin, t.end) for t in terms_of([one, two])] == [
        (midnight(JANUARY), midnight(JUNE)), (midnight(JUNE), NEVER)
    ]  # fmt: skip
    assert [(t.begin, t.end) for t in terms_of([dated("c", None)])] == [(ALWAYS, NEVER)]
    assert found(one, two) == []


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "two of one name": ({}, {"edition": "a"}, "there is an edition 'a' already", "name it anew"),
    "a predecessor that is missing": (
        {}, {"supersedes": "z/9"}, "supersedes 'z/9', which is not loaded", "put that edition"
    ),
    "a predecessor misspelt": (
        {"edition": "lyg/2026"}, {"supersedes": "lyg/2O26"}, "not loaded", "mean 'lyg/2026'"
    ),
    "a predecessor that begins no earlier": (
        {"effective_from": JUNE}, {"supersedes": "a", "effective_from": JUNE},
        "does not take effect before it", "correct effective_from",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("one", "two", "what", "remedy"), REFUSED.values(), ids=REFUSED.keys())
def test_editions_that_cannot_stand_together_are_refused(
    one: dict[str, Any], two: dict[str, Any], what: str, remedy: str, edition: MakeEdition
) -> None:
    first = edition("box-move PT1H", **{"edition": "a", "effective_to": JUNE, **one})
    second = edition("box-move PT1H", **{"edition": "b", "effective_from": JUNE, **two})
    ((told, fault),) = refusals([first, second])
    assert told is second
    assert what in fault.what
    assert remedy in fault.remedy


def test_an_edition_is_superseded_once(dated: MakeEdition) -> None:
    first = dated("a", JANUARY)
    heirs = [dated("b", MARCH, supersedes="a"), dated("c", JUNE, supersedes="a")]
    ((told, fault),) = refusals([first, *heirs])
    assert told is heirs[1]
    assert "another edition supersedes 'a' already" in fault.what


#  a |=================================>
#  b           |=======================>   of whatever issuer
@pytest.mark.parametrize("issuer", ["test", "another"])
def test_two_editions_that_speak_of_one_thing_at_once(issuer: str, dated: MakeEdition) -> None:
    one, two = dated("a", JANUARY), dated("b", MARCH, "pickup PT1H", "box-move PT2H", issuer=issuer)
    assert only(two, one) == (
        "b", ("limit", 1, "stage"), "test.box-move is in force together with test.box-move of a"
    )  # fmt: skip


APART: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "of another port": ({}, {"port": "CNTAC"}),
    "for other units": (
        {"scope": {"directions": ["import"]}}, {"scope": {"directions": ["export"]}}
    ),
    "at other times": ({"effective_to": MARCH}, {}),
    "one supersedes the other": ({}, {"supersedes": "a"}),
}  # fmt: skip


@pytest.mark.parametrize(("one", "two"), APART.values(), ids=APART.keys())
def test_two_editions_that_do_not_meet(
    one: dict[str, Any], two: dict[str, Any], dated: MakeEdition
) -> None:
    assert found(dated("a", JANUARY, **one), dated("b", MARCH, **two)) == []


def test_two_editions_on_other_stages_stand_side_by_side(dated: MakeEdition) -> None:
    assert found(dated("a", JANUARY), dated("b", MARCH, "pickup PT1H")) == []


def test_an_edition_that_ends_a_day_after_the_next_begins(dated: MakeEdition) -> None:
    one = dated("a", JANUARY, effective_to=date(2026, 3, 2))
    assert only(one, dated("b", MARCH))[0] == "b"


#  a |=======|
#  b              |=======>
@pytest.mark.parametrize("chained", [{}, {"supersedes": "a"}], ids=["unchained", "chained"])
def test_a_gap_is_silent_unless_the_next_edition_says_why(
    chained: dict[str, str], dated: MakeEdition
) -> None:
    one = dated("a", JANUARY, effective_to=MARCH)
    assert only(one, dated("b", JUNE, **chained)) == (
        "b", ("effective_from",), "nothing is in force between a and this edition"
    )  # fmt: skip
    assert found(one, dated("b", JUNE, gap="the port was closed", **chained)) == []


def test_another_issuer_fills_no_gap_and_makes_none(dated: MakeEdition) -> None:
    one = dated("a", JANUARY, effective_to=MARCH)
    assert found(one, dated("b", JUNE, issuer="another")) == []


def test_a_limit_that_a_successor_drops_is_missed(dated: MakeEdition) -> None:
    one = dated("a", JANUARY, "box-move PT1H", "pickup PT1H")
    assert only(one, dated("b", JUNE, supersedes="a")) == (
        "b", ("supersedes",),
        "a had a limit test.pickup, and this edition has none of that id",
    )  # fmt: skip
    assert found(one, dated("b", JUNE, supersedes="a", withdraws=["test.pickup"])) == []


@pytest.mark.parametrize("id", ["test.box-move", "test.lunch"])
def test_what_is_still_there_or_never_was_cannot_be_withdrawn(id: str, dated: MakeEdition) -> None:
    two = dated("b", JUNE, supersedes="a", withdraws=[id])
    assert only(dated("a", JANUARY), two)[:2] == ("b", ("withdraws", 0))


OUTSIDE = {
    "begins before": ({"from": "2026-02-28"}, "from", "begins before its edition"),
    "ends after": ({"from": "2026-03-01", "to": "2026-06-01"}, "to", "ends after its edition"),
}


@pytest.mark.parametrize(("days", "key", "what"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_an_override_stays_within_its_edition(
    days: dict[str, str], key: str, what: str, dated: MakeEdition
) -> None:
    override = {"reason": "fog", "within": "PT2H", **days}
    one = dated("a", MARCH, scope={"override": [override]}, effective_to=JUNE)
    told, where, said = only(one)
    assert (told, where) == ("a", ("limit", 0, "override", 0, key))
    assert what in said


def test_an_override_after_its_edition_was_superseded_holds_never(dated: MakeEdition) -> None:
    override = {"reason": "fog", "within": "PT2H", "from": "2026-06-01"}
    one = dated("a", JANUARY, scope={"override": [override]})
    told, where, said = only(one, dated("b", JUNE, supersedes="a"))
    assert (told, where) == ("a", ("limit", 0, "override", 0, "from"))
    assert "begins after its edition has ended" in said


def test_an_override_may_last_as_long_as_its_edition(dated: MakeEdition) -> None:
    override = {"reason": "fog", "within": "PT2H", "from": "2026-03-01", "to": "2026-05-31"}
    assert found(dated("a", MARCH, scope={"override": [override]}, effective_to=JUNE)) == []
