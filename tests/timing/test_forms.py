"""Values of the law are small: the frozen ones can be hashed, none is looked at for cycles. What a
class inherits must say so, since keywords of its own are lost where its module is compiled."""

import pytest

from timing.announce import Change
from timing.brief import Brief
from timing.case import Case
from timing.forms import Changing, Frozen
from timing.history import History
from timing.occurrences import Occurrence
from timing.passage import Passage
from timing.roles import Links, Part, Role, Shown, Turn
from timing.running import Live, Stay
from timing.spoken import Voice
from timing.step import Step
from timing.telling import Retelling
from timing.underway import Act

FROZEN = (
    Act, Case, Change, History, Links, Live, Occurrence, Part, Role, Shown, Stay, Step, Turn, Voice,
)  # fmt: skip


class Lone(Frozen, frozen=True):
    """Says nothing itself."""

    number: int


@pytest.mark.parametrize("form", [*FROZEN, Lone], ids=lambda form: form.__name__)
def test_what_is_frozen_stays_as_it_is_and_is_no_part_of_a_cycle(form: type[Frozen]) -> None:
    assert issubclass(form, Frozen)
    assert form.__struct_config__.frozen
    assert not form.__struct_config__.gc


@pytest.mark.parametrize("form", [Brief, Passage, Retelling], ids=lambda form: form.__name__)
def test_what_is_worked_on_may_change_and_is_no_part_of_a_cycle(form: type[Changing]) -> None:
    assert issubclass(form, Changing)
    assert not form.__struct_config__.frozen
    assert not form.__struct_config__.gc


def test_a_frozen_value_is_equal_by_what_it_says_and_cannot_change() -> None:
    assert {Lone(1), Lone(1)} == {Lone(1)}
    with pytest.raises(AttributeError, match="immutable"):
        Lone(1).number = 2  # type: ignore[misc]
