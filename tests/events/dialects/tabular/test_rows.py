"""One row by a mapping, wherever it stood."""

import pytest

from events.dialects.decoded import Decoded, Ledger
from events.dialects.tabular.mapping import Profile
from events.dialects.tabular.rows import Row, say
from events.envelope import Event
from events.refusals import Reason

PLAIN = 'source = "g"\nport = "CNLYG"\nfacility = "LPCT"\nzone = "Asia/Shanghai"\n'
COLUMNS = '[columns]\n"unit.id" = "box"\nkind = "what"\noccurred_at = "when"\n'
ROW: Row = {"box": "csnu 635118-9", "what": "gated-in", "when": "2026-03-02 10:00"}


def read(row: Row, mapping: str) -> Decoded:
    ledger = Ledger(1)
    say(row, Profile.read(mapping), ledger, ledger.part(0, 1, "row"), "row 7")
    return ledger.decoded()


def event(row: Row, mapping: str) -> Event:
    (told,) = read(row, mapping).events
    return Event.model_validate_json(told.data)


def test_what_a_row_leaves_out_the_mapping_says() -> None:
    got = event(ROW, PLAIN + 'usual = {direction = "import", "cargo.laden" = true}\n' + COLUMNS)
    assert (got.unit.id, got.place.facility, got.mode) == ("CSNU6351189", "LPCT", "water")
    assert (got.direction, got.cargo and got.cargo.laden, got.precision) == (
        "import",
        True,
        "minute",
    )


def test_at_another_port_there_is_no_facility_of_ours() -> None:
    got = event({**ROW, "port": "CNNKG"}, PLAIN + COLUMNS + '"place.port" = "port"')
    assert (got.place.port, got.place.facility) == ("CNNKG", None)


def test_a_row_without_a_name_is_named_by_what_it_says() -> None:
    name = "CSNU6351189/gated-in/2026-03-02T10:00:00+08:00"
    assert event(ROW, PLAIN + COLUMNS).event_id == name
    own = event({**ROW, "a": "G 1", "b": 2.0}, PLAIN + COLUMNS + 'event_id = ["a", "b"]')
    assert own.event_id == "G%201/2"


def test_milestones_of_a_row_have_names_of_their_own() -> None:
    columns = (
        '[columns]\n"unit.id" = "box"\nevent_id = "id"\n[milestones]\na = "loaded"\nb = "departed"'
    )
    row: Row = {"box": "CSNU6351189", "id": "W1", "a": "2026-03-02 10:00", "b": "2026-03-02 11:00"}
    names = [told.reported.event_id for told in read(row, PLAIN + columns).events]
    assert names == ["W1/loaded", "W1/departed"]


def test_a_withdrawn_row_takes_back_what_it_reported() -> None:
    mapping = PLAIN + 'withdrawn = {state = ["x"]}\n' + COLUMNS + 'recorded_at = "at"'
    row = {**ROW, "at": "2026-03-02 11:00", "state": "ok"}
    first, last = event(row, mapping), event({**row, "state": "x"}, mapping)
    assert (first.retracts, last.retracts, last.event_id) == (None, first.event_id, first.event_id)


@pytest.mark.parametrize(
    ("row", "why", "path"),
    [
        ({**ROW, "box": ""}, Reason.MISSING_FIELD, "row 7"),
        ({**ROW, "what": None}, Reason.MISSING_FIELD, "row 7, kind"),
        ({**ROW, "when": "later"}, Reason.INVALID_TIME, "row 7, column when"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_at_its_column(
    row: Row, why: Reason, path: str
) -> None:
    (refused,) = read(row, PLAIN + COLUMNS).refusals
    assert (refused.why, refused.path) == (why, path)
