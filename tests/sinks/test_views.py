"""The views over the tables: exact under corrections, each fact once."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from events.alerts import AlertDeed, incident_of
from events.outcomes import Alert
from events.testing import alert, at, box, limit, outcome
from sinks.clickhouse import ClickHouseStore
from sinks.migrate import SCHEMA, apply, diff
from sinks.rows import alert_row, deed_row, outcome_row
from sinks.settings import ClickHouseAddress
from sinks.tables import ALERTS, DEEDS, DWELLS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The schema's files, to be spoiled."""
    return copytree(SCHEMA, tmp_path / "schema")


#   hour 10: two stages close; later one of them is corrected into hour 11, the other withdrawn
def test_hourly_view_is_exact_under_corrections(address: ClickHouseAddress) -> None:
    store = ClickHouseStore(address)

    def publish(version: int, n: int, closed: str, **fields: object) -> None:
        told = outcome("box-move", "10:00", closed, unit=box(n), **fields)
        store.insert(DWELLS, [outcome_row(told, version)], f"t{version}")

    def hours() -> list[tuple[object, ...]]:
        asked = "SELECT formatDateTime(hour, '%%H'), stages, gross_sum_s, net_max_s"
        return [*store.fetch(f"{asked} FROM stage_dwells_hourly ORDER BY hour", {})]

    publish(0, 1, "10:30")
    publish(1, 2, "10:40")
    assert hours() == [("02", 2, 1800 + 2400, 2400)]
    publish(2, 1, "11:10", revision=2)
    assert hours() == [("02", 1, 2400, 2400), ("03", 1, 4200, 4200)]
    publish(3, 2, "10:40", verdict="void", revision=2)
    assert hours() == [("03", 1, 4200, 4200)]
    store.close()


def test_stage_under_two_limits_counts_once_in_dwell_and_twice_in_verdicts(
    address: ClickHouseAddress,
) -> None:
    store = ClickHouseStore(address)
    for version, (name, verdict) in enumerate([("a", "met"), ("b", "breached")]):
        told = outcome("box-move", "10:00", "10:30", limit=limit(id=name), verdict=verdict)
        store.insert(DWELLS, [outcome_row(told, version)], f"t{version}")
    dwells = store.fetch("SELECT sum(stages), sum(gross_sum_s) FROM stage_dwells_hourly")
    assert list(dwells) == [(1, 1800)]
    asked = "SELECT limit_id, outcomes, met, breached FROM verdicts_hourly ORDER BY limit_id"
    assert list(store.fetch(asked)) == [("a", 1, 1, 0), ("b", 1, 0, 1)]
    store.close()


#   box 1: at risk, breached, acknowledged, assigned; box 2: at risk, then withdrawn by a typhoon
def test_incident_stands_in_its_last_state_with_its_last_deed(address: ClickHouseAddress) -> None:
    store = ClickHouseStore(address)
    typhoon = {"what": "suspension", "id": "port-office/typhoon"}
    told = [
        alert("box-move", "at-risk", "10:20", unit=box(1)),
        alert("box-move", "breached", "10:30", unit=box(1)),
        alert("box-move", "at-risk", "10:40", unit=box(2)),
        alert("box-move", "retracted", "11:00", unit=box(2), cause=typhoon),
    ]
    first, last = told[0], told[-1]
    rows = [alert_row(one, version) for version, one in enumerate(told)]
    store.insert(ALERTS, rows, "t1")
    deeds = [
        *(_deed(first, n, deed, by, to) for n, (deed, by, to) in enumerate(_DEEDS)),
        _deed(alert("box-move", "breached", "10:00", unit=box(3)), 9, "acknowledged", "li", None),
    ]
    store.insert(DEEDS, [deed_row(deed, version) for version, deed in enumerate(deeds)], "t2")
    asked = (
        "SELECT incident, unit_id, state, was_breached, escalated, acknowledged_by, assigned_to, "
        "last_deed, last_deed_by, deeds, cause_what, raised_at = toDateTime('2026-03-02 03:00:00')"
        " FROM incidents_latest ORDER BY unit_id"
    )
    assert list(store.fetch(asked)) == [
        (
            *(incident_of(first), box(1), "breached", 1, 1, "wang", "li"),
            *("assigned", "wang", 3, None, 0),
        ),
        (
            *(incident_of(last), box(2), "retracted", 0, 0, None, None),
            *(None, None, 0, "suspension", 1),
        ),
    ]
    store.close()


_DEEDS = (
    ("escalated", "portclock", "chief"),
    ("acknowledged", "wang", None),
    ("assigned", "wang", "li"),
)


def _deed(of: Alert, n: int, deed: str, by: str, to: str | None) -> AlertDeed:
    said = {"deed_id": f"d{n}", "incident": incident_of(of), "visit_id": of.visit_id}
    place = {"port": of.port, "facility": of.facility, "stage": of.stage, "answers": of.answers}
    return AlertDeed.model_validate(
        {**said, **place, "deed": deed, "by": by, "to": to, "at": at("10:45")}
    )


def test_alert_from_before_there_were_causes_has_none(
    server: ClickHouseStore, engine: ClickHouseAddress, folder: Path
) -> None:
    for path in (*folder.glob("0009_*.sql"), *folder.glob("001*.sql")):
        path.unlink()
    name = "uncaused"
    apply(server, name, folder=folder)
    store = ClickHouseStore(engine.within(name))
    earlier = replace(
        ALERTS, types={c: t for c, t in ALERTS.types.items() if not c.startswith("cause_")}
    )
    row = alert_row(alert("box-move", "breached", "10:30"), 1)
    store.insert(earlier, [tuple(getattr(row, column) for column in earlier.columns)], "t1")
    apply(server, name)
    assert list(store.fetch("SELECT state, cause_what, cause_id FROM alerts_latest")) == [
        ("breached", None, None)
    ]
    assert diff(server, name) == ()
    store.close()
    server.command(f"DROP DATABASE {name}")
