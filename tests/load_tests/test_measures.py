"""What is measured is told as it was: histograms, schedules, the book of what was sent, ratios."""

import json
from pathlib import Path
from random import Random

import pytest

from load_tests.scenarios import bench, plots
from load_tests.scenarios.book import Book, event_id
from load_tests.scenarios.feeder import Schedule, partition_of
from load_tests.scenarios.growth import weighed
from load_tests.scenarios.house import Spent
from load_tests.scenarios.latencies import Latency
from load_tests.scenarios.results import Result, lines
from load_tests.scenarios.runs import SCENARIOS
from load_tests.scenarios.wanted import FEEDS, Wanted
from load_tests.scenarios.wheel import Told
from streams.plane import batches


def _told(unit: str, known: str) -> Told:
    return Told(0, "t", unit.encode(), b'{"event_id":"%b","x":1}' % known.encode())


def test_percentiles_are_those_of_the_waits_to_three_digits() -> None:
    latency, rolls = Latency(), Random(1)
    waits = sorted(rolls.expovariate(1) for _ in range(20_000))
    for wait in rolls.sample(waits, len(waits)):
        latency.note(wait)
    assert latency.count == 20_000
    for percentile in (50, 90, 99):
        exact_ms = 1000 * waits[len(waits) * percentile // 100]
        assert latency.at_ms(percentile) == pytest.approx(exact_ms, rel=0.002)
    assert latency.document()["max_ms"] == pytest.approx(1000 * waits[-1], rel=0.002)


def test_a_latency_survives_its_file_and_none_is_none() -> None:
    latency = Latency()
    latency.note(0.25)
    latency.note(-1)
    latency.unseen = 3
    again = Latency.read(json.loads(json.dumps(latency.document())))
    assert again.document() == latency.document()
    assert (again.count, again.unseen, again.curve()) == (2, 3, latency.curve())
    assert again.curve()[-1][1] == pytest.approx(250, rel=0.002)
    empty = Latency.read(Latency().document())
    assert (empty.count, empty.curve(), empty.document()["hdr"]) == (0, [], None)


def test_a_schedule_owes_every_message_at_its_time() -> None:
    schedule = Schedule([(1.0, 130.0), (0.5, 3.0), (2.0, 77.7)], slot_s=0.02)
    slots = list(schedule.slots())
    assert schedule.seconds == 3.5
    assert [due for due, _ in slots] == pytest.approx([n * 0.02 for n in range(175)])
    sent = 0
    for due_s, count in slots:
        sent += count
        owed = 130 * min(due_s + 0.02, 1) + 3 * min(max(due_s - 0.98, 0), 0.5)
        owed += 77.7 * max(due_s - 1.48, 0)
        assert owed - 1.001 < sent <= owed + 1e-6
    assert sent == int(130 + 1.5 + 155.4)


def test_the_book_follows_whole_units_and_few_of_many() -> None:
    units = [f"CSQU{n:06d}7" for n in range(1000)]
    for rate, share in ((1.0, 1000), (800.0, 500), (20_000.0, 100)):
        book = Book(rate)
        followed = [unit for unit in units if book.follows(unit.encode())]
        assert len(followed) == share
        book.note((_told(unit, f"{unit}-1") for unit in units), 7.5)
        assert sum(book.sent_at(f"{unit}-1".encode()) == 7.5 for unit in units) == share


def test_what_was_sent_twice_tells_no_latency() -> None:
    book = Book(1.0)
    book.note([_told("CSQU0000000", "a"), _told("CSQU0000000", "b")], 1.0)
    book.note([_told("CSQU0000000", "b")], 2.0)
    book.note([Told(0, "t", b"", b"\xff{'kind':")], 3.0)
    assert (book.sent_at(b"a"), book.sent_at(b"b"), book.sent_at(b"")) == (1.0, None, None)
    assert event_id(b'{"x":1}') == b""


def test_messages_go_where_every_client_puts_their_key() -> None:
    keys = [b"", *(f"CSQU{n:07d}".encode() for n in range(200))]
    assert [partition_of(key) for key in keys] == [batches.partition_of(key, 8) for key in keys]
    assert {partition_of(key) for key in keys} == set(range(8))


def _result(name: str = "catch-up worker", seconds: float = 2.0) -> Result:
    return Result(name, Wanted().document(), 1_000, seconds, {"worker": Spent(0.25, 90.0)})


def test_a_result_is_told_for_each_message() -> None:
    document = _result().document()
    assert (document["per_s"], document["cpu_us"]) == (500.0, {"worker": 250.0})
    text = "\n".join(lines(document))
    assert "1,000 messages in 2.0 s, 500 a second" in text
    assert "worker" in text
    assert "250.0" in text


def test_a_ratio_above_one_is_better_whatever_is_better() -> None:
    was = {figure.name: figure.value for figure in bench.figures([_result().document()])}
    assert len(was) == 2
    now = bench.figures([_result(seconds=1.0).document()])
    rows = bench.table([*now, bench.Figure("new", 3.0, more_is_better=True)], was)
    assert rows[2:] == [
        "| catch-up worker: messages/s | 1,000.0 | 500.0 | 2.00 |",
        "| catch-up worker: worker, us CPU | 250.0 | 250.0 | 1.00 |",
        "| new | 3.0 | | |",
    ]
    slower = {"catch-up worker: worker, us CPU": 125.0}
    assert bench.table(now, slower)[3].endswith("| 0.50 |")


def test_a_further_unit_weighs_what_the_last_ones_added() -> None:
    levels = [
        Result(f"growth {n}", {}, 9, 1.0, {},
               figures={"open units": n, "worker grown by MiB": mib})
        for n, mib in ((1_000, 30.0), (11_000, 50.0), (111_000, 70.0))
    ]  # fmt: skip
    weights = [one.figures.get("bytes per further open unit") for one in weighed(levels)]
    assert weights == [None, 20 * 2**20 / 10_000, 20 * 2**20 / 100_000]


def test_every_size_has_scenarios_that_exist() -> None:
    for runs in bench.SIZES.values():
        assert {name for name, _ in runs} <= set(SCENARIOS)
    assert {wanted.messages for _, wanted in bench.SIZES["full"]} >= {5_000_000}
    assert all(Wanted(feeds=name).rates is rates for name, rates in FEEDS.items())


def test_pictures_are_small_and_the_same_again(tmp_path: Path) -> None:
    latency = Latency()
    for n in range(1, 500):
        latency.note(n / 1000)
    results = [
        Result("steady 5", Wanted().document(), 9, 1.0, {"worker": Spent(1, 2)}, {"row": latency}),
        *(
            Result(f"growth {n}", Wanted().document(), 9, 1.0, {"worker": Spent(1, 2)},
                   figures={"open units": n, "worker grown by MiB": 9.0})
            for n in (10, 100)
        ),
    ]  # fmt: skip
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"results": [result.document() for result in results]}))
    for into in (tmp_path / "one", tmp_path / "two"):
        plots.draw(file, into)
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert set(drawn) == {"latency-steady-5.svg", "growth.svg", "cpu.svg"}
    assert drawn == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert all(len(data) < 60_000 and b"<svg" in data for data in drawn.values())
