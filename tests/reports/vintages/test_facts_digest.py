"""The hash of frozen facts: of all of them, in any order, and of nothing else."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.facts import FrozenFact
from reports.testing import frozen_facts
from reports.vintages.facts_digest import frozen_of, leaf_of, written

patiently = settings(deadline=None, max_examples=50)

FACTS = frozen_facts(3, 30)
RICH = max(FACTS, key=lambda fact: (len(fact.links), len(fact.limits)))._replace(
    event_ids=("tos/1", "tos/2")
)


@patiently
@given(st.permutations(FACTS[:12]))
def test_the_order_of_facts_is_not_in_their_hash(facts: list[FrozenFact]) -> None:
    assert frozen_of(facts) == frozen_of(FACTS[:12])


def test_nor_is_it_where_a_room_holds_many() -> None:
    assert len(FACTS) > 128
    assert frozen_of(reversed(FACTS)) == frozen_of(FACTS)


@pytest.mark.parametrize("field", FrozenFact._fields)
def test_every_field_is_in_the_hash(field: str) -> None:
    value = getattr(RICH, field)
    other: Any = value[:-1] if isinstance(value, tuple) and value else _other(value)
    assert leaf_of(RICH._replace(**{field: other})) != leaf_of(RICH)


def _other(value: object) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else (("x",) if value == () else f"{value}x")


def test_one_more_one_less_and_one_twice_are_other_facts() -> None:
    hashes = {frozen_of(facts) for facts in (FACTS, FACTS[1:], (*FACTS, FACTS[0]), ())}
    assert len(hashes) == 4
    assert frozen_of(()).facts == 0


NESTED = st.recursive(
    st.text("1:a", max_size=3), lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6
)


@patiently
@given(st.lists(NESTED, min_size=2, max_size=2).map(tuple), st.lists(NESTED, max_size=3).map(tuple))
def test_what_is_written_cannot_be_read_two_ways(one: tuple[object], other: tuple[object]) -> None:
    """Texts that look like lengths are of the game; a field is always a text or always a list."""
    same_form = _form(one) == _form(other)
    assert not same_form or (written(one) == written(other)) == (one == other)


def _form(value: object) -> object:
    return tuple(map(_form, value)) if isinstance(value, tuple) else "text"


def test_the_writing_is_as_the_docs_tell_it() -> None:
    assert written(("CNLYG", 7, ("箱", ""), True)) == b"5:CNLYG1:77:3:\xe7\xae\xb10:1:1"
    leaf = sha256(written(tuple(RICH))).digest()
    assert frozen_of([RICH]).hash == sha256(sha256(leaf).digest()).hexdigest()
