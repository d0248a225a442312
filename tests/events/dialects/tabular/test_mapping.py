"""A mapping that cannot be meant is an error before the first row is read."""

import pytest
from pydantic import BaseModel, ValidationError

from events.dialects.tabular.mapping import FIELDS, Profile
from events.dialects.tabular.testing import HEADER, PROFILE
from events.envelope import Cargo, Customs, Event, Place, Refs, Unit

PLAIN = 'source = "g"\nport = "CNLYG"\nzone = "UTC"\n'
COLUMNS = '[columns]\n"unit.id" = "a"\nkind = "b"\noccurred_at = ["c", "d"]\n'


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (PLAIN.replace("UTC", "Mars/Olympus"), "no such zone"),
        (PLAIN + '[columns]\nkind = "a"', "name the column of unit.id"),
        (PLAIN + '[columns]\n"unit.id" = "a"', "kind and occurred_at, or write milestones"),
        (PLAIN + COLUMNS + '[milestones]\ne = "loaded"', "leave out kind and occurred_at"),
        (PLAIN + COLUMNS + '[milestones]\ne = "washed"', "milestones.e"),
        (PLAIN + COLUMNS + '[withdrawn]\ne = ["x"]', "need recorded_at"),
        (PLAIN + COLUMNS + '[codes.kind]\nx = "washed"', "none of our words"),
        (PLAIN + COLUMNS + 'weight = "e"', "no such fields"),
        (PLAIN + COLUMNS.replace('"a"', "[]"), "at least 1 item"),
        (PLAIN + "[table]\nseparator = ','", "table.separator"),
        (PLAIN + "[table]\nencoding = 'utf-16'", "table.encoding"),
    ],
)
def test_what_cannot_be_meant_is_an_error(wrong: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Profile.read(wrong)


def test_a_mapping_knows_which_columns_it_needs() -> None:
    read = Profile.read(PLAIN + COLUMNS + '[only]\ne = ["x"]')
    assert read.needed == {"a", "b", "c", "d", "e"}
    assert Profile.read(PROFILE).needed == set(HEADER)
    assert Profile.read(PLAIN).is_the_contract_s_own


def test_every_field_of_the_contract_that_a_row_can_hold_may_be_named() -> None:
    nested = {"unit", "place", "cargo", "customs", "refs"}
    plain = {field for field in FIELDS if "." not in field}
    apart = {"precision", "scope", "extra"}
    assert plain | nested | apart == Event.model_fields.keys()
    parts: dict[str, type[BaseModel]] = {
        "unit": Unit,
        "place": Place,
        "cargo": Cargo,
        "customs": Customs,
        "refs": Refs,
    }
    inner = {f"{name}.{field}" for name, part in parts.items() for field in part.model_fields}
    assert parts.keys() == nested
    assert inner == {field for field in FIELDS if "." in field}
