"""What has landed laid down again under other box numbers: more of a year than is told one by one.

Telling, judging and storing a visit costs ten times as much as laying it down again inside the
engine. A layer is every visit once more, with the times, companies and verdicts that it had, under
another box number (with its check digit) and other event ids. So the tables are as large as those
of so many visits, and each time stands in them once in every layer.
"""

from string import Template
from typing import Final

from sinks.clickhouse import ClickHouseStore
from sinks.tables import DWELLS, EVENTS, Table

LETTERS: Final = "ABDFHJKM"
"""What a layer writes for the second letter of a box: no owner of the year has it there."""
_VALUES: Final = "0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ"
"""A sign of a box number weighs its place here (ISO 6346: multiples of 11 are passed over)."""

_BOX: Final = """concat(substring(unit_id, 1, 1), %(letter)s, substring(unit_id, 3, 8))"""
_CHECKED: Final = f"""concat({_BOX}, toString(arraySum(
    at -> toUInt64(position(%(values)s, substring({_BOX}, at + 1, 1)) - 1)
        * bitShiftLeft(toUInt64(1), at), range(10)) %% 11 %% 10))"""
_ID: Final = "concat(%(letter)s, {})"
_MESSAGE: Final = f"""replaceOne(replaceOne(message, unit_id, {_CHECKED}),
    '"event_id":"', concat('"event_id":"', %(letter)s))"""

_OTHERS: Final = {
    EVENTS.name: {
        "unit_id": _CHECKED,
        "event_id": _ID.format("event_id"),
        "message": _MESSAGE,
        "digest": f"cityHash64({_MESSAGE})",
    },
    DWELLS.name: {
        "unit_id": _CHECKED,
        "visit_id": f"replaceOne(visit_id, unit_id, {_CHECKED})",
        "event_ids": f"arrayMap(id -> {_ID.format('id')}, event_ids)",
    },
}
_OF_LAYER_NONE: Final = "substring(unit_id, 2, 1) NOT IN %(letters)s AND unit_type = 'container'"
_PARTS: Final = Template(
    "SELECT DISTINCT port, _partition_id FROM $table WHERE $none ORDER BY port, _partition_id"
)
_LAID: Final = Template(
    "INSERT INTO $table ($columns) SELECT $values FROM $table WHERE $none "
    "AND port = %(port)s AND _partition_id = %(part)s"
)


def lay(store: ClickHouseStore, layer: int) -> None:
    """Lay all that was told down once more, as the layer of that number, from 1: month by month
    of each port. Raises IndexError for more layers than there are letters."""
    letter = LETTERS[layer - 1]
    asked = {"letter": letter, "letters": list(LETTERS), "values": _VALUES}
    for table in (EVENTS, DWELLS):
        listed = _PARTS.substitute(table=table.name, none=_OF_LAYER_NONE)
        for port, part in list(store.fetch(listed, asked)):
            store.command(_statement(table), {**asked, "port": port, "part": part})


def _statement(table: Table) -> str:
    others = _OTHERS[table.name]
    values = ", ".join(others.get(column, column) for column in table.columns)
    columns = ", ".join(table.columns)
    return _LAID.substitute(table=table.name, columns=columns, values=values, none=_OF_LAYER_NONE)
