"""What has become of a vintage since: told by marks and by what was made later, nothing guessed."""

from datetime import datetime, timedelta
from typing import Any

from reports.tables import Tables
from reports.testing import vintage
from reports.vintages.auditing import since
from reports.vintages.spans import with_parts
from reports.vintages.touched import spans_to_remake, superseded_by, touched_since
from sinks.publishing import RESTATEMENTS

JANUARY = vintage(1, "2026-01", standing="final")
FEBRUARY = vintage(1, "2026-02", standing="final")
AGAIN = vintage(2, "2026-01", standing="restated", reason="a day was sent again")
SPAN = vintage(1, "2026-01/2026-02", standing="final", rules=with_parts({}, [JANUARY, FEBRUARY]))


def _mark(tables: Tables, unit: str, at: datetime, months: list[str], **said: Any) -> None:
    usual = {
        "port": "CNLYG", "unit_id": unit, "cause_what": "event", "cause_id": f"tos/{unit}",
        "run": "", "months": months, "outcomes": 3, "reason": None, "asked_at": at,
    }  # fmt: skip
    row = tuple({**usual, **said}[name] for name in RESTATEMENTS.columns)
    tables.insert("restatements", RESTATEMENTS.columns, [row], f"{unit} {at} {said}")


def test_units_judged_again_since_it_was_made_touch_it_by_their_months(tables: Tables) -> None:
    made = JANUARY.made_at
    assert not touched_since(tables, JANUARY)
    later, before = made + timedelta(days=3), made - timedelta(days=3)
    _mark(tables, "A", later, ["2026-01"])
    _mark(tables, "A", later, ["2026-01"])
    _mark(tables, "B", later, ["2025-12", "2026-01"])
    _mark(tables, "C", later, ["2026-01"], cause_what="suspension")
    _mark(tables, "D", before, ["2026-01"])
    _mark(tables, "E", later, ["2026-02"])
    found = touched_since(tables, JANUARY)
    assert dict(found.units) == {"event": 2, "suspension": 1}
    assert str(found) == "event 2, suspension 1"
    assert dict(touched_since(tables, SPAN).units) == {"event": 3, "suspension": 1}
    assert dict(touched_since(tables, FEBRUARY).units) == {"event": 1}


def test_a_mark_of_the_second_in_which_it_was_made_counts(tables: Tables) -> None:
    _mark(tables, "A", JANUARY.made_at, ["2026-01"])
    assert touched_since(tables, JANUARY)


def test_the_vintage_that_counts_supersedes_those_before_it() -> None:
    made = [JANUARY, FEBRUARY, AGAIN]
    assert superseded_by(made, JANUARY) == AGAIN
    assert superseded_by(made, AGAIN) is None
    assert superseded_by(made, FEBRUARY) is None
    provisional = vintage(3, "2026-02", standing="provisional")
    assert superseded_by([*made, provisional], provisional) is None
    assert superseded_by([*made, provisional], FEBRUARY) is None


def test_a_span_on_an_earlier_vintage_of_a_month_is_made_again_for_its_reason() -> None:
    made = [JANUARY, FEBRUARY, SPAN, AGAIN]
    (wanted,) = spans_to_remake(made, AGAIN)
    assert (wanted.month.name, wanted.standing) == ("2026-01/2026-02", "restated")
    assert wanted.reason == "2026-01.2: a day was sent again"
    assert spans_to_remake(made, FEBRUARY) == []
    assert spans_to_remake(made, SPAN) == []
    first = vintage(1, "2026-01/2026-02", rules=with_parts({}, [JANUARY, FEBRUARY]))
    (again,) = spans_to_remake([JANUARY, FEBRUARY, first, AGAIN], AGAIN)
    assert (again.standing, again.reason) == ("provisional", None)


def test_a_span_made_since_is_left_alone() -> None:
    rules = with_parts({}, [AGAIN, FEBRUARY])
    newer = vintage(2, "2026-01/2026-02", standing="restated", reason="x", rules=rules)
    assert spans_to_remake([JANUARY, FEBRUARY, SPAN, AGAIN, newer], AGAIN) == []


def test_verifying_says_what_has_become_of_it_and_never_calls_it_different() -> None:
    (superseded,) = since(JANUARY, AGAIN, "event 2")
    assert superseded.state == "not-compared"
    assert "2026-01.2 (restated): a day was sent again" in superseded.sentence("en")
    (touched,) = since(JANUARY, None, "event 2")
    assert touched.state == "not-compared"
    assert "a restatement is due" in touched.sentence("en")
    assert "event 2" in touched.sentence("zh")
    assert list(since(JANUARY, None, "")) == []
