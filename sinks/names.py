"""Names inside statements: of a database, a table, a column. Everything else is a parameter.

The one way by which a name that is no constant of a module comes into SQL in this wing; a test of
the house looks for others. Knows what a name of ours looks like, and no statement.
"""

import re
from collections.abc import Iterable
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def quoted_name(name: str) -> str:
    """The same name, which may stand in a statement as it is. Raises ValueError for any other."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a table, a column or a database")
    return name


def quoted_names(names: Iterable[str]) -> str:
    """Several of them, with commas between. Raises ValueError."""
    return ", ".join(map(quoted_name, names))
