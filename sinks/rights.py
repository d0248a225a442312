"""Who may do what with the tables: one role for each thing that is done, and no more rights in it.

From this table come the roles of a server whose users are kept in SQL (`portclock schema roles`),
and with it the users of the containers are compared (docker/clickhouse/users.xml). On a cluster the
rows of a table lie in its `_local`, so both are named. Must never hold a password.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sinks.names import quoted_name
from sinks.publishing import (
    COHORTS,
    PUBLISHED_CELLS,
    PUBLISHING_TABLES,
    RESTATEMENTS,
    VINTAGE_FACTS,
    VINTAGES,
)
from sinks.tables import ALERTS, DWELLS, EVENTS, FATES, RECEIPTS, REFUSALS, TABLES

SELECT, INSERT, ALTER_DELETE = "SELECT", "INSERT", "ALTER DELETE"
EVALUATION: Final = "portclock_evaluation"
"""The database with the views for evaluators."""
EVALUATED: Final = (VINTAGES.name, PUBLISHED_CELLS.name)
COUNTED: Final = tuple(t.name for t in PUBLISHING_TABLES if t.name != RESTATEMENTS.name)
"""What closing a month writes."""
ATTEMPTS: Final = tuple(t.name for t in PUBLISHING_TABLES if t.key[0] == "vintage")
"""Where an attempt that was killed may have left something, a partition for each: to drop one, a
server asks the right ALTER DELETE."""


@dataclass(frozen=True, slots=True)
class Role:
    """What is done with the tables, and the tables on which it is: right to names."""

    does: str
    on: Mapping[str, tuple[str, ...]]
    database: str = "portclock"

    def grants(self) -> tuple[str, ...]:
        """Each right on each table, as what follows GRANT."""
        names = {right: self._everywhere(tables) for right, tables in self.on.items()}
        return tuple(
            f"{right} ON {self.database}.{name}" for right in names for name in names[right]
        )

    def _everywhere(self, tables: tuple[str, ...]) -> tuple[str, ...]:
        if self.database == EVALUATION:
            return tables
        return tuple(each for name in tables for each in (name, f"{name}_local"))


_LANDED: Final = tuple(table.name for table in TABLES)
_HEARD: Final = (DWELLS.name, ALERTS.name, EVENTS.name, FATES.name)
_MARKED: Final = (VINTAGES.name, RESTATEMENTS.name)

ROLES: Final[Mapping[str, Role]] = {
    "portclock_writer": Role("lands what was judged and what was heard", {INSERT: _LANDED}),
    "portclock_board": Role(
        "shows and tells: the board, explain, feeds, whatif, the library of evaluators",
        {
            SELECT: (
                DWELLS.name, ALERTS.name, EVENTS.name, RECEIPTS.name, REFUSALS.name,
                VINTAGES.name, PUBLISHED_CELLS.name, RESTATEMENTS.name,
            )
        },
    ),
    "portclock_publisher": Role(
        "closes months, makes bulletins and verifies them",
        {
            SELECT: (*_HEARD, *(table.name for table in PUBLISHING_TABLES)),
            INSERT: COUNTED,
            ALTER_DELETE: ATTEMPTS,
        },
    ),
    "portclock_restater": Role(
        "reads visits back and marks the months that they touch",
        {
            SELECT: (*_HEARD, *_MARKED, VINTAGE_FACTS.name, COHORTS.name),
            INSERT: (RESTATEMENTS.name,),
        },
    ),
    "portclock_evaluator": Role(
        "pulls what is published, and nothing else", {SELECT: EVALUATED}, EVALUATION
    ),
}  # fmt: skip


def statements() -> tuple[str, ...]:
    """Roles with their rights, for somebody with ACCESS MANAGEMENT; safe to run again.

    Users with their passwords are the administrator's: `GRANT portclock_writer TO ...`. A right
    that is no longer listed stays until it is revoked by hand.
    """
    found = []
    for name, role in ROLES.items():
        found.append(f"CREATE ROLE IF NOT EXISTS {quoted_name(name)}")
        found.extend(f"GRANT {grant} TO {quoted_name(name)}" for grant in role.grants())
    return tuple(found)
