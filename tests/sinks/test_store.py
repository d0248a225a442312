"""The store's contract: one suite for every implementation."""

from typing import Any

import pytest

from events.dead_letters import Refused
from events.testing import MORNING, alert, at, box, event, fate, outcome
from sinks.accepted import event_row
from sinks.read import standing
from sinks.rows import alert_row, fate_row, outcome_row, refusal_row
from sinks.store import Store, StoreRefused
from sinks.tables import ALERTS, DWELLS, EVENTS, FATES, REFUSALS, TABLES, Row, Table


def _standing(store: Store, table: Table) -> list[Row]:
    """The rows that stand; bytes as bytes, since the driver decodes what it can."""
    binary = {table.place(column) for column in table.binary}
    return [
        tuple(
            value.encode() if place in binary and isinstance(value, str) else value
            for place, value in enumerate(row)
        )
        for row in store.ask(standing(table), {})
    ]


def _dwell(version: int, n: int = 0, **fields: Any) -> Row:
    return outcome_row(outcome("box-move", "10:00", "10:30", unit=box(n), **fields), version)


def _letter(offset: int = 5) -> Refused:
    return Refused.model_validate(
        {
            "topic": "terminal-events", "partition": 3, "offset": offset, "reason": "broken-json",
            "detail": "unexpected end", "remedy": "send JSON", "received_at": MORNING,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (DWELLS, _dwell(3)),
        (ALERTS, alert_row(alert("box-move", "at-risk", "10:20"), 3)),
        (FATES, fate_row(fate(event("move-ended", "10:30")), 3)),
        (EVENTS, event_row(event("move-ended", "10:30", reason="\u6d77\u5173' \\ "), 3)),
        (REFUSALS, refusal_row(_letter(), b"\xff\x00", b"{\x00\n\n'; \\ \xfe", 3)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_table_gives_back_what_it_got(store: Store, table: Table, row: Row) -> None:
    store.insert(table, [row], "t1")
    assert _standing(store, table) == [tuple(row)]


def test_empty_tables_have_no_rows(store: Store) -> None:
    assert [_standing(store, table) for table in TABLES] == [[] for _ in TABLES]


def test_later_version_stands_whatever_the_order(store: Store) -> None:
    store.insert(DWELLS, [_dwell(7, revision=3)], "t7")
    store.insert(DWELLS, [_dwell(2, revision=1), _dwell(5, revision=2)], "t2-5")
    assert _standing(store, DWELLS) == [tuple(_dwell(7, revision=3))]


def test_withdrawn_row_is_not_shown_until_it_comes_again(store: Store) -> None:
    store.insert(DWELLS, [_dwell(1)], "t1")
    store.insert(DWELLS, [_dwell(2, verdict="void")], "t2")
    assert _standing(store, DWELLS) == []
    store.insert(DWELLS, [_dwell(1)], "t1 again, cut otherwise")
    assert _standing(store, DWELLS) == []
    store.insert(DWELLS, [_dwell(3)], "t3")
    assert _standing(store, DWELLS) == [tuple(_dwell(3))]


def test_known_token_stores_nothing_more(store: Store) -> None:
    store.insert(DWELLS, [_dwell(1)], "t1")
    store.insert(DWELLS, [_dwell(1, n=1)], "t1")
    assert len(_standing(store, DWELLS)) == 1
    store.insert(DWELLS, [_dwell(1, n=1)], "t2")
    assert len(_standing(store, DWELLS)) == 2


def test_token_is_known_to_one_table_only(store: Store) -> None:
    store.insert(DWELLS, [_dwell(1)], "t1")
    store.insert(FATES, [fate_row(fate(event("move-ended", "10:30")), 1)], "t1")
    assert len(_standing(store, FATES)) == 1


def test_rows_come_by_key(store: Store) -> None:
    store.insert(DWELLS, [_dwell(version, n=9 - version) for version in range(9)], "t1")
    units = [row[DWELLS.place("unit_id")] for row in _standing(store, DWELLS)]
    assert units == [box(n) for n in range(1, 10)]


def test_states_of_an_alert_are_its_history(store: Store) -> None:
    for version, state in enumerate(["at-risk", "breached", "resolved"]):
        told = alert("box-move", state, f"10:{version}0", alert_id="a1")
        store.insert(ALERTS, [alert_row(told, version)], f"t{version}")
    states = [row[ALERTS.place("state")] for row in _standing(store, ALERTS)]
    assert states == ["at-risk", "breached", "resolved"]


def test_one_event_at_two_units_has_two_fates(store: Store) -> None:
    told = event("move-ended", "10:30", unit=box(1), event_id="e1")
    other = event("move-ended", "10:30", unit=box(2), event_id="e1")
    store.insert(FATES, [fate_row(fate(told), 1), fate_row(fate(other, "kept"), 1)], "t1")
    assert [row[FATES.place("fate")] for row in _standing(store, FATES)] == ["judged", "kept"]


def test_every_content_of_an_event_is_kept_and_none_twice(store: Store) -> None:
    first = event("move-ended", "10:30", event_id="e1")
    other = event("move-ended", "10:35", event_id="e1")
    for version, told in enumerate([first, other, first, first]):
        store.insert(EVENTS, [event_row(told, version)], f"t{version}")
    assert _standing(store, EVENTS) == [tuple(event_row(first, 3)), tuple(event_row(other, 1))]


def test_events_of_two_hundred_years_fit_one_insert(store: Store) -> None:
    years = [f"{year}-06-01T00:00:00Z" for year in range(1990, 2200)]
    rows = [event_row(event("arrived", at("10:00"), occurred_at=year), 1) for year in years]
    store.insert(EVENTS, rows, "t1")
    assert len(_standing(store, EVENTS)) == len(years)


def test_rows_of_another_width_are_refused(store: Store) -> None:
    with pytest.raises(StoreRefused, match="34 columns, not 2"):
        store.insert(DWELLS, [("CNLYG", "box-move")], "t1")
    store.insert(DWELLS, [_dwell(1)], "t1")
    assert len(_standing(store, DWELLS)) == 1


def test_unknown_table_is_refused(store: Store) -> None:
    nowhere = Table(
        name="nowhere",
        topics=DWELLS.topics,
        types=DWELLS.types,
        key=DWELLS.key,
        shape=DWELLS.shape,
        build=DWELLS.build,
    )
    with pytest.raises(StoreRefused, match="nowhere"):
        store.insert(nowhere, [_dwell(1)], "t1")


def test_visits_of_two_hundred_years_fit_one_insert(store: Store) -> None:
    """One sender with odd dates must not stop the writer: every month is a partition."""
    months = [f"{year}{month:02}01T000000Z" for year in range(1990, 2200, 2) for month in (1, 7)]
    rows = [_dwell(n, visit_id=f"CNLYG/{box(n)}/{opened}") for n, opened in enumerate(months)]
    assert len(rows) > 200
    store.insert(DWELLS, rows, "t1")
    assert len(_standing(store, DWELLS)) == len(rows)


def test_closing_twice_is_harmless(store: Store) -> None:
    store.insert(DWELLS, [_dwell(1)], "t1")
    store.close()
    store.close()
