"""Which visits have a unit whose id begins with a text: the search of the board.

One question to the tables, said in SQL and plainly, as all of `sinks.read` are.
"""

from collections.abc import Iterable
from typing import Final

from sinks.rows import StageDwell
from sinks.store import Parameters, Question, Store
from sinks.tables import DWELLS, Row

FOUND_MAX: Final = 20


def visits_of(store: Store, beginning: str, limit: int = FOUND_MAX) -> list[str]:
    """Visit ids, the newest first. A visit whose outcomes were all withdrawn is none."""
    asked = {"beginning": beginning, "limit": limit}
    return [visit_id for (visit_id,) in store.ask(VISITS, asked)]


def _visits(rows: Iterable[StageDwell], parameters: Parameters) -> Iterable[Row]:
    """Rows are the latest that stand."""
    found = {
        row.visit_id: row.visit_opened_at
        for row in rows
        if row.unit_id.startswith(parameters["beginning"])
    }
    newest = sorted(found, key=lambda visit_id: (-found[visit_id].timestamp(), visit_id))
    return [(visit_id,) for visit_id in newest[: parameters["limit"]]]


VISITS: Final = Question(
    DWELLS,
    "SELECT visit_id FROM (SELECT visit_id, visit_opened_at, "
    "argMax(withdrawn, version) AS gone FROM stage_dwells "
    "WHERE startsWith(unit_id, %(beginning)s) "
    "GROUP BY visit_id, visit_opened_at, stage, occurrence, limit_id) WHERE gone = 0 "
    "GROUP BY visit_id, visit_opened_at ORDER BY visit_opened_at DESC, visit_id LIMIT %(limit)s",
    _visits,
)
