"""The views of feeds by day say what the questions say of that day."""

from datetime import date, timedelta
from random import Random

from events.dead_letters import Refused
from events.testing import at, box, outcome
from sinks.clickhouse import ClickHouseStore
from sinks.ends import stage_ends
from sinks.quality import Span, received, refused
from sinks.receipts import UNSTAMPED, ReceiptRow
from sinks.rows import outcome_row, refusal_row
from sinks.settings import ClickHouseAddress
from sinks.tables import DWELLS, RECEIPTS, REFUSALS

DAY = date(2026, 3, 2)
BEGIN = at("08:00")
"""Midnight of UTC by the port's clock."""
SPAN = Span(int(BEGIN.timestamp()), int((BEGIN + timedelta(days=1)).timestamp()))


def _land(store: ClickHouseStore) -> None:
    rng = Random(5)

    def moment() -> timedelta:
        return timedelta(seconds=rng.randint(0, 2 * 86_400))

    receipts = [
        ReceiptRow(
            "terminal-events", rng.choice((UNSTAMPED, BEGIN + moment(), BEGIN + moment())), 0, n,
            rng.choice("ab"), rng.choice(("taken", "split", "refused", "sent-on")), "CNLYG", "",
            "gated-in", BEGIN + moment(), rng.choice((None, BEGIN + moment())),
            rng.randint(0, 60), 2, n,
        )
        for n in range(300)
    ]  # fmt: skip
    store.insert(RECEIPTS, receipts, "r")
    said = {"topic": "customs-events", "partition": 0, "remedy": "mend it"}
    letters = [
        Refused.model_validate(
            {**said, "offset": n, "reason": rng.choice(("unknown-code", "empty")),
             "detail": f"1001 '{n % 3}' says nothing", "received_at": BEGIN + moment()}
        )
        for n in range(60)
    ]  # fmt: skip
    rows = [refusal_row(one, None, b"{}", one.offset) for one in letters]
    store.insert(REFUSALS, rows, "l")
    told = [
        outcome("pickup", "10:00", rng.choice((None, "11:00")), unit=box(n),
                flags=rng.choice(((), ("inferred-close",))))
        for n in range(40)
    ]  # fmt: skip
    store.insert(DWELLS, [outcome_row(one, n) for n, one in enumerate(told)], "o")


def test_views_by_day_say_what_the_questions_say(address: ClickHouseAddress) -> None:
    store = ClickHouseStore(address)
    _land(store)
    of_day = {"day": DAY}
    feeds = store.fetch(
        "SELECT topic, source, messages, events, refused, told_again, ahead, recorded_after_s, "
        "received_after_s, clock_s FROM feeds_daily WHERE day = %(day)s ORDER BY source",
        of_day,
    )
    asked = received(store, SPAN)
    assert [(*row[:7], *map(list, row[7:])) for row in feeds] == [
        (*one[:7], *one[9:12]) for one in asked
    ]
    assert len(asked) == 2
    assert all(one.told_again and one.ahead and one.refused for one in asked)
    words = store.fetch(
        "SELECT topic, source, reason, code, messages, first_at, first_place, first_detail "
        "FROM feed_refusals_daily WHERE day = %(day)s",
        of_day,
    )
    assert sorted(words) == sorted(map(tuple, refused(store, SPAN)))
    ends = store.fetch(
        "SELECT port, ifNull(facility, ''), stage, begun, ended, inferred, open "
        "FROM stage_ends_daily WHERE day = %(day)s",
        of_day,
    )
    assert list(ends) == [tuple(one[:7]) for one in stage_ends(store, SPAN)] != []
    store.close()
