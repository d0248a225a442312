"""Only a name may stand in a statement where a name is wanted."""

import pytest

from sinks.names import quoted_name, quoted_names
from sinks.tables import TABLES


def test_every_name_of_the_schema_is_one() -> None:
    for table in TABLES:
        assert quoted_name(table.name) == table.name
        assert quoted_names(table.columns) == ", ".join(table.columns)


@pytest.mark.parametrize(
    "told",
    ["", "a b", "a;b", "a`b", "a'b", "a.b", "1a", "a--", "a\n", "häfen", "a" * 129, "x) VALUES (1"],
)
def test_nothing_else_is(told: str) -> None:
    with pytest.raises(ValueError, match="is no name"):
        quoted_name(told)
    with pytest.raises(ValueError, match="is no name"):
        quoted_names(["port", told])
