"""Vintages on the real engine: closed whole, once, and what each says can be found again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from events.envelope import Event
from events.vocabulary import Kind
from reports.datasets import dataset
from reports.frozen import frozen_facts
from reports.shapes import Standing, Vintage
from reports.tables import Tables
from reports.vintages import digest
from reports.vintages.asks import Published
from reports.vintages.chain import ordered
from reports.vintages.changes import Cause, Change, changes, numbers
from reports.vintages.closing import STEPS, Closed, Closer, Step, close
from reports.vintages.spans import parts_now, parts_of, period_of
from reports.vintages.standing import Wanted
from reports.vintages.tabled import SpanWorkshop, TableLedger, TableWorkshop, published_cells
from reports.vintages.tabled_changes import TableObservatory
from sinks.settings import ClickHouseAddress
from timing.commitments.period import month
from timing.testing import withdrawn

MARCH = month("2026-03")
MADE_AT = datetime(2026, 4, 9, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 8, tzinfo=UTC)
RULES = {"cohort": "ended-in-month/1", "code": "0.0.0"}
SOME = (dataset("limits"), dataset("stage-split"))
"""Two small datasets: the way of the rest is the same."""
Tell = Callable[[Sequence[Event]], Sequence[Event]]

CLOSE = """
import os, signal, sys
from datetime import UTC, datetime
from portclock.reporting import report_tables
from reports.datasets import dataset
from reports.vintages.closing import Closer, close
from reports.vintages.standing import Wanted
from reports.vintages.tabled import TableLedger
from reports.vintages.tabled import TableWorkshop
from sinks.settings import ClickHouseAddress
from timing.commitments.period import month

def told(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

with report_tables(ClickHouseAddress.parse(sys.argv[1])) as tables:
    workshop = TableWorkshop(tables, {}, "killed", [dataset("limits")])
    closer = Closer(TableLedger(tables), workshop, told)
    close(closer, Wanted(month("2026-03"), "provisional"), datetime(2026, 4, 9, 1, tzinfo=UTC))
"""


def closed(
    tables: Tables,
    standing: Standing = "provisional",
    reason: str | None = None,
    attempt: str = "a",
    told: Callable[[Step], None] = lambda step: None,
) -> Closed:
    closer = Closer(TableLedger(tables), TableWorkshop(tables, RULES, attempt, SOME), told)
    return close(closer, Wanted(MARCH, standing, reason), MADE_AT)


def hashes(kept: Published) -> dict[str, str]:
    return digest.hashes({**{one.id: () for one in SOME}, **kept})


def stored(tables: Tables) -> dict[str, int]:
    """Rows of everything that belongs to a vintage."""
    return {
        table: next(number for (number,) in list(tables.rows(f"SELECT count() FROM {table}")))
        for table in ("vintages", "vintage_facts", "published_cells", "counted_cells")
    }


def ends(stories: Sequence[Event]) -> list[Event]:
    """Reports that end stages of March."""
    sorts = (Kind.RELEASED, Kind.MOVE_ENDED, Kind.GATED_OUT)
    return [one for one in stories if one.kind in sorts and one.occurred_at.month == 3]


def slower(event: Event) -> Event:
    """The correction of a report: it was ten minutes later."""
    return event.model_copy(
        update={
            "event_id": f"c{event.event_id}",
            "supersedes": event.event_id,
            "recorded_at": NOW,
            "occurred_at": event.occurred_at + timedelta(minutes=10),
        }
    )


def told_otherwise(stories: Sequence[Event]) -> list[Event]:
    """Of half the boxes reports are corrected, of the others some are withdrawn."""
    units = sorted({one.unit.id for one in ends(stories)})
    first = set(units[: len(units) // 2])
    corrections = [slower(one) for one in ends(stories) if one.unit.id in first]
    others = [one for one in ends(stories) if one.unit.id not in first]
    return corrections + [withdrawn(one, f"w{one.event_id}") for one in others[::2]]


def test_what_was_recorded_is_read_back_with_all_its_cells(
    tables: Tables, tell: Tell, stories: Sequence[Event]
) -> None:
    tell(stories)
    made = closed(tables).vintage
    assert TableLedger(tables).vintages() == [made]
    kept = published_cells(tables, made.id)
    assert hashes(kept) == made.published
    assert sum(len(cells) for cells in kept.values()) > 20
    assert any(cell.suppressed for cells in kept.values() for cell in cells)
    again = closed(tables, attempt="b")
    assert (again.made, again.vintage) == (False, made)
    only = published_cells(tables, made.id, ["limits"])
    assert only == {"limits": kept["limits"]}


def test_a_process_killed_just_before_the_record_leaves_no_vintage_and_harms_none(
    tables: Tables, tell: Tell, stories: Sequence[Event], address: ClickHouseAddress
) -> None:
    """At this step most is left behind; in memory every other step is tried."""
    tell(stories)
    command = [sys.executable, "-c", CLOSE, address.url, STEPS[-1]]
    ended = subprocess.run(command, cwd=os.getcwd(), capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert TableLedger(tables).vintages() == []
    left = stored(tables)
    assert left["published_cells"] > 0
    made = closed(tables).vintage
    assert stored(tables)["vintage_facts"] == made.facts
    assert hashes(published_cells(tables, made.id)) == made.published


def test_a_later_vintage_says_what_changed_and_why_and_leaves_the_earlier_one(
    tables: Tables, tell: Tell, stories: Sequence[Event]
) -> None:
    tell(stories)
    first = closed(tables, "final").vintage
    before = published_cells(tables, first.id)
    tell(told_otherwise(stories))
    second = closed(tables, "restated", "a port sent a day again", attempt="b").vintage
    assert ordered(TableLedger(tables).vintages()) == [first, second]
    assert published_cells(tables, first.id) == before
    told = list(TableObservatory(tables, "x").changes(first.id, second.id))
    causes = {change.cause for change in told}
    assert {cause.word for cause in causes} == {"correction", "withdrawal"}
    assert {cause.id.rpartition("/")[2][:1] for cause in causes} == {"c", "w"}
    assert [change.key for change in told] == sorted(change.key for change in told)
    assert sum(numbers(told).values()) == len(told)
    older, newer = (list(frozen_facts(tables, one.id)) for one in (first, second))
    assert [change._replace(cause=Cause("unknown")) for change in told] == list(
        changes(older, newer)
    )


def test_what_changed_since_is_found_without_making_a_vintage(
    tables: Tables, tell: Tell, stories: Sequence[Event]
) -> None:
    tell(stories)
    made = closed(tables).vintage
    before = stored(tables)
    observatory = TableObservatory(tables, "x")
    assert list(observatory.changes_today(made.id, MARCH)) == []
    tell([slower(event) for event in ends(stories)])
    found: list[Change] = list(observatory.changes_today(made.id, MARCH))
    assert found
    assert {change.cause.word for change in found} == {"correction"}
    assert stored(tables) == before


def test_of_two_that_record_at_once_the_first_stands(tables: Tables) -> None:
    one, other = (
        Vintage("2026-03.1", "2026-03", "provisional", MADE_AT, n, "", {}) for n in (1, 2)
    )

    class Blind(TableLedger):
        """One that looked before the other was there."""

        def vintages(self) -> Sequence[Vintage]:
            return []

    for vintage in (one, other):
        Blind(tables).append(vintage)
    assert TableLedger(tables).vintages() == [one]
    TableLedger(tables).append(other)
    assert TableLedger(tables).vintages() == [one]


def test_frozen_facts_that_somebody_touched_have_another_hash(
    tables: Tables, tell: Tell, stories: Sequence[Event]
) -> None:
    tell(stories)
    made = closed(tables).vintage
    workshop = TableWorkshop(tables, RULES, "b", SOME)
    assert workshop.frozen(made.id) == (made.facts, made.facts_hash)
    port = {fact.port for fact in frozen_facts(tables, made.id)}.pop()
    touched = f"WHERE port = '{port}'"
    sync = "SETTINGS mutations_sync = 2"
    tables.run(f"ALTER TABLE vintage_facts UPDATE gross_s = gross_s + 1 {touched} {sync}")
    longer = workshop.frozen(made.id)
    assert (longer.facts, longer.hash == made.facts_hash) == (made.facts, False)
    tables.run(f"ALTER TABLE vintage_facts DELETE {touched} {sync}")
    assert workshop.frozen(made.id).hash not in (made.facts_hash, longer.hash)


def test_a_span_is_made_from_its_months_and_can_be_made_again_after_one_is_restated(
    tables: Tables, tell: Tell, stories: Sequence[Event]
) -> None:
    tell(stories)
    ledger, span = TableLedger(tables), period_of("2026-02/2026-03")
    february = Wanted(month("2026-02"), "final")
    close(Closer(ledger, TableWorkshop(tables, RULES, "f", SOME), print), february, MADE_AT)
    closed(tables, "final")

    def of_span(parts: Sequence[Vintage], attempt: str) -> Closed:
        workshop = SpanWorkshop(tables, RULES, attempt, parts, SOME)
        return close(Closer(ledger, workshop, print), Wanted(span, "provisional"), MADE_AT)

    first = of_span(parts_now(span, ledger.vintages(), settled=True), "s").vintage
    assert (first.id, first.rules["months"]) == ("2026-02_2026-03.1", "2026-02.1 2026-03.1")
    assert first.facts == sum(one.facts for one in ordered(ledger.vintages())[:2])
    assert not of_span(parts_now(span, ledger.vintages(), settled=True), "t").made
    tell(told_otherwise(stories))
    closed(tables, "restated", "x", attempt="r")
    second = of_span(parts_now(span, ledger.vintages(), settled=True), "u").vintage
    assert second.rules["months"] == "2026-02.1 2026-03.2"
    made = ordered(ledger.vintages())
    again = SpanWorkshop(tables, RULES, "v", parts_of(first, made), SOME)
    assert again.frozen(first.id) == (first.facts, first.facts_hash)
    assert hashes(again.protected(first.id, span, made[:2])) == first.published
