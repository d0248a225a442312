"""What the tables say, the same on every store: the SQL and its plain twin answer alike."""

from datetime import timedelta
from typing import Any

import pytest

from events.codec import canonical
from events.dead_letters import Refused, Settled
from events.outcomes import Outcome
from events.testing import MORNING, at, box, event, fate, limit, outcome
from events.vocabulary import Fate
from sinks.read import (
    AtRisk,
    VerdictCount,
    at_risk,
    canonical_lines,
    fates,
    outcomes,
    refusal_counts,
    refusals,
    verdicts,
)
from sinks.rows import fate_row, outcome_row, refusal_row
from sinks.store import Store
from sinks.tables import DWELLS, FATES, REFUSALS


def _move(n: int, verdict: str = "met", port: str = "CNLYG", **fields: Any) -> Outcome:
    return outcome(
        "box-move",
        "10:00",
        None if verdict == "open" else "10:30",
        unit=box(n),
        port=port,
        verdict=verdict,
        limit=limit(),
        **fields,
    )


def _keep(store: Store, *told: Outcome) -> list[Outcome]:
    rows = [outcome_row(one, version) for version, one in enumerate(told)]
    store.insert(DWELLS, rows, f"t{len(told)}{told[0].verdict}")
    return list(told)


def test_outcomes_come_back_as_they_were_published(store: Store) -> None:
    told = _keep(store, _move(3), _move(1, "breached"), _move(2, "open", port="CNSHA"))
    assert list(outcomes(store)) == [told[1], told[0], told[2]]
    assert list(outcomes(store, port="CNSHA")) == [told[2]]
    assert list(outcomes(store, port="CNXMN")) == []


def test_canonical_lines_are_sorted_and_leave_the_void_out(store: Store) -> None:
    told = _keep(store, _move(3), _move(1), _move(2, "void"), _move(4, port="CNSHA"))
    kept = [told[0], told[1], told[3]]
    assert canonical_lines(store) == sorted(canonical(one) for one in kept)
    assert canonical_lines(store, port="CNSHA") == [canonical(told[3])]


def test_fates_are_counted_even_when_nobody_met_them(store: Store) -> None:
    assert fates(store) == {Fate.JUDGED: 0, Fate.KEPT: 0}
    told = [event("move-ended", "10:00", unit=box(n)) for n in range(5)]
    elsewhere = event("move-ended", "10:00", port="CNSHA", event_id="x")
    rows = [fate_row(fate(one), 1) for one in told]
    store.insert(FATES, [*rows, fate_row(fate(elsewhere, "kept"), 1)], "t1")
    store.insert(FATES, [fate_row(fate(told[0], "kept"), 2)], "t2")
    assert fates(store) == {Fate.JUDGED: 4, Fate.KEPT: 2}
    assert fates(store, port="CNSHA") == {Fate.JUDGED: 0, Fate.KEPT: 1}


def test_verdicts_are_counted_by_stage_limit_and_edition(store: Store) -> None:
    _keep(
        store,
        *(_move(n) for n in range(3)),
        _move(3, "breached"),
        _move(4, "void"),
        _move(5, port="CNSHA"),
        outcome("pickup", "10:00", "10:30", unit=box(6)),
    )
    by_limit = ("box-move", "test.limit", "test/2026-01-01")
    assert verdicts(store) == [
        VerdictCount("CNLYG", *by_limit, "breached", 1),
        VerdictCount("CNLYG", *by_limit, "met", 3),
        VerdictCount("CNLYG", "pickup", "", "", "no-limit", 1),
        VerdictCount("CNSHA", *by_limit, "met", 1),
    ]
    assert verdicts(store, port="CNSHA") == [VerdictCount("CNSHA", *by_limit, "met", 1)]


def test_what_was_replaced_or_withdrawn_is_told_nowhere(store: Store) -> None:
    """Each statement is an insert of its own, so nothing is merged on the way in."""
    first = _move(1, "open", deadline_at=at("11:00"))
    other = _move(2, "open", deadline_at=at("11:00"))
    last = _move(1, "met", revision=2)
    for version, told in enumerate([first, other, last, _move(2, "void")]):
        store.insert(DWELLS, [outcome_row(told, version)], f"t{version}")
    assert at_risk(store) == []
    assert [(count.verdict, count.outcomes) for count in verdicts(store)] == [("met", 1)]
    assert canonical_lines(store) == [canonical(last)]
    for offset in (5, 5):
        _refuse(store, offset)
    letter = _refuse(store, 6)
    store.insert(REFUSALS, [refusal_row(letter, b"key", b"\xff{", 99)], "again")
    assert refusal_counts(store) == {"broken-json": 2}
    assert [one.offset for one in refusals(store)] == [5, 6]


def test_stages_at_risk_come_by_deadline(store: Store) -> None:
    _keep(
        store,
        _move(1, "open", deadline_at=at("11:00")),
        _move(2, "open", deadline_at=at("10:40")),
        _move(3, "open", deadline_at=at("10:50"), port="CNSHA"),
        _move(4, "open"),
        _move(5, "breached", deadline_at=at("10:20")),
    )
    found = at_risk(store)
    assert [(risk.unit_id, risk.deadline_at) for risk in found] == [
        (box(2), at("10:40")),
        (box(3), at("10:50")),
        (box(1), at("11:00")),
    ]
    opened = at("10:00")
    assert found[0] == AtRisk(
        deadline_at=at("10:40"),
        port="CNLYG",
        unit_id=box(2),
        stage="box-move",
        occurrence=1,
        limit_id="test.limit",
        visit_id=f"CNLYG/{box(2)}/{opened:%Y%m%dT%H%M%SZ}",
        facility="LPCT",
        answers="terminal",
        decided_at=opened,
    )
    assert [risk.unit_id for risk in at_risk(store, limit=1)] == [box(2)]
    assert [risk.unit_id for risk in at_risk(store, port="CNSHA")] == [box(3)]


def _refuse(store: Store, offset: int, reason: str = "broken-json") -> Refused:
    letter = Refused.model_validate(
        {
            "topic": "terminal-events", "partition": 3, "offset": offset, "reason": reason,
            "detail": "no end", "remedy": "send JSON", "received_at": MORNING,
        }
    )  # fmt: skip
    store.insert(REFUSALS, [refusal_row(letter, b"key", b"\xff{", offset)], f"r{offset}")
    return letter


def test_refusals_are_listed_until_they_are_settled(store: Store) -> None:
    for offset, reason in ((5, "broken-json"), (6, "bad-check-digit"), (7, "broken-json")):
        _refuse(store, offset, reason)
    settled_at = MORNING + timedelta(hours=4)
    settled = Settled(settles="terminal-events/3/5", settled_at=settled_at)
    store.insert(REFUSALS, [refusal_row(settled, None, b"", 99)], "s")
    assert [one.offset for one in refusals(store)] == [6, 7]
    assert [one.offset for one in refusals(store, reason="broken-json")] == [7]
    assert [one.offset for one in refusals(store, limit=1)] == [6]
    everything = refusals(store, settled=True)
    assert [(one.offset, one.settled_at) for one in everything] == [
        (5, settled_at),
        (6, None),
        (7, None),
    ]
    assert everything[1][:7] == (
        *("terminal-events", 3, 6, "bad-check-digit", "no end", "send JSON", MORNING),
    )
    assert refusal_counts(store) == {"broken-json": 2, "bad-check-digit": 1}


def test_settlement_without_its_refusal_is_no_refusal(store: Store) -> None:
    settled = Settled(settles="terminal-events/3/5", settled_at=MORNING)
    store.insert(REFUSALS, [refusal_row(settled, None, b"", 99)], "s")
    assert refusals(store, settled=True) == []
    assert refusal_counts(store) == {}


@pytest.mark.parametrize("nasty", ["'", "' OR 1=1 --", "\\", "%(port)s", "%", "\n;", "港"])
def test_parameters_are_values_and_never_sql(store: Store, nasty: str) -> None:
    _keep(store, _move(1), _move(2, port=nasty))
    _refuse(store, 5)
    assert [one.port for one in outcomes(store, port=nasty)] == [nasty]
    assert [one.port for one in verdicts(store, port=nasty)] == [nasty]
    assert refusals(store, reason=nasty) == []
