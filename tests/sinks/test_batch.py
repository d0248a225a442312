"""Where batches end, and that a replay ends them at the same offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.batch import Batch, BatchLimits, Bundle, Cutter, bundled

#   span 10:      |0 . . . . . . . . 9|10 . . . . . . . 19|20 ...
#   by bytes:     |0 . . . 4|5 . . . 9|10 ...               a batch that got too heavy ends early
#   by age:       |0 . . 3|4 . . . . 9|10 ...               a batch that got too old ends early
#   left out:     |0 . x x x x . . . 9|10 x x ...           a batch covers what has no row, too

_RECORDS = st.lists(
    st.tuples(st.integers(1, 4), st.binary(max_size=30)), min_size=1, max_size=60
).map(lambda steps: _with_offsets(steps))


def _with_offsets(steps: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Offsets ascend and may leave gaps, as compaction and transactions leave them."""
    offset, records = -1, []
    for step, value in steps:
        offset += step
        records.append((offset, value))
    return records


def _cut(records: list[tuple[int, bytes]], limits: BatchLimits, rest: bool = True) -> list[Batch]:
    cutter = Cutter("stage-dwells", 3, limits)
    for offset, value in records:
        cutter.add(offset, (offset,), value, now=0.0)
    if rest:
        cutter.cut()
    return cutter.take(0.0)


@given(_RECORDS, st.integers(1, 12), st.integers(1, 80))
def test_nothing_is_lost_and_no_batch_crosses_a_boundary(
    records: list[tuple[int, bytes]], span: int, bytes_max: int
) -> None:
    batches = _cut(records, BatchLimits(span, bytes_max))
    assert [row for batch in batches for row in batch.rows] == [(at,) for at, _ in records]
    for batch in batches:
        assert batch.first // span == batch.last // span
        assert (batch.rows[0], batch.rows[-1]) == ((batch.first,), (batch.last,))
        assert batch.size_bytes < bytes_max + 30
    assert sum(batch.size_bytes for batch in batches) == sum(len(value) for _, value in records)


@given(_RECORDS, st.integers(1, 12), st.integers(1, 80))
def test_replay_from_any_batch_makes_the_same_batches(
    records: list[tuple[int, bytes]], span: int, bytes_max: int
) -> None:
    limits = BatchLimits(span, bytes_max)
    batches = _cut(records, limits)
    for place, batch in enumerate(batches):
        again = _cut([record for record in records if record[0] >= batch.first], limits)
        assert again == batches[place:]


@given(_RECORDS, st.integers(1, 12), st.integers(0, 60))
def test_cut_by_age_changes_only_the_range_it_falls_in(
    records: list[tuple[int, bytes]], span: int, after: int
) -> None:
    limits = BatchLimits(span, bytes_max=10_000, age_s=1.0)
    cutter, batches = Cutter("stage-dwells", 3, limits), []
    for place, (offset, value) in enumerate(records):
        if place == after:
            batches += cutter.take(1.0)
        cutter.add(offset, (offset,), value, now=0.0)
    cutter.cut()
    batches += cutter.take(0.0)
    plain = _cut(records, limits)
    cut_in = records[min(after, len(records) - 1)][0] // span
    touched = (
        {cut_in, cut_in - 1, *(records[after - 1][0] // span for _ in range(after > 0))}
        if (after < len(records))
        else set()
    )
    assert [b for b in batches if b.first // span not in touched] == [
        b for b in plain if b.first // span not in touched
    ]


def test_last_offset_of_a_range_fills_the_batch() -> None:
    assert _cut([(8, b"a"), (9, b"b")], BatchLimits(span=10), rest=False)[0].last == 9
    assert _cut([(7, b"a"), (8, b"b")], BatchLimits(span=10), rest=False) == []


def test_record_beyond_a_gap_fills_the_batch_before_it() -> None:
    first = _cut([(7, b"a"), (12, b"b")], BatchLimits(span=10), rest=False)
    assert [(batch.first, batch.last) for batch in first] == [(7, 7)]


def test_batch_is_old_after_its_age_and_not_before() -> None:
    cutter = Cutter("stage-dwells", 3, BatchLimits(span=10, age_s=2.0))
    cutter.add(0, (0,), b"a", now=100.0)
    cutter.add(1, (1,), b"b", now=101.9)
    assert cutter.take(101.9) == []
    assert [batch.last for batch in cutter.take(102.0)] == [1]
    assert cutter.take(999.0) == []


def test_token_says_which_records_and_what_was_in_them() -> None:
    one = _cut([(0, b"a"), (1, b"bc")], BatchLimits())[0]
    same = _cut([(0, b"a"), (1, b"bc")], BatchLimits())[0]
    other_content = _cut([(0, b"ab"), (1, b"c")], BatchLimits())[0]
    shorter = _cut([(0, b"a")], BatchLimits())[0]
    assert one.token("stage_dwells", 0) == same.token("stage_dwells", 0)
    tokens = {batch.token("stage_dwells", 0) for batch in (one, other_content, shorter)}
    tokens |= {one.token("stage_dwells", 1), one.token("limit_alerts", 0)}
    assert len(tokens) == 5
    assert one.token("stage_dwells", 0).startswith("stage_dwells:0:stage-dwells:3:0-1:")
    assert str(one) == "stage-dwells/3 offsets 0 to 1"


def test_what_is_not_taken_is_counted() -> None:
    cutter = Cutter("stage-dwells", 3, BatchLimits(span=10))
    cutter.add(8, (8,), b"abc", now=0.0)
    assert (cutter.held_bytes, cutter.held_rows) == (3, 1)
    cutter.add(9, (9,), b"de", now=0.0)
    cutter.add(10, (10,), b"f", now=0.0)
    assert (cutter.held_bytes, cutter.held_rows) == (6, 3)
    cutter.take(0.0)
    assert (cutter.held_bytes, cutter.held_rows) == (1, 1)


@given(_RECORDS, st.integers(1, 12), st.integers(1, 80), st.sets(st.integers(0, 59)))
def test_what_is_left_out_is_covered_and_nothing_else(
    records: list[tuple[int, bytes]], span: int, bytes_max: int, left_out: set[int]
) -> None:
    """Each record is in the range of one batch; rows, bytes and tokens know the others only."""
    cutter, limits = Cutter("stage-dwells", 3, BatchLimits(span, bytes_max)), [-1]
    kept = [record for place, record in enumerate(records) if place not in left_out]
    for offset, value in records:
        cutter.add(offset, (offset,) if (offset, value) in kept else None, value, now=0.0)
    cutter.cut()
    batches = cutter.take(0.0)
    assert [row for batch in batches for row in batch.rows] == [(at,) for at, _ in kept]
    assert sum(batch.size_bytes for batch in batches) == sum(len(value) for _, value in kept)
    for batch in batches:
        assert batch.first > limits[-1]
        limits += [batch.first, batch.last]
    assert limits[-1] == records[-1][0]
    covered = [at for at, _ in records if any(b.first <= at <= b.last for b in batches)]
    assert covered == [at for at, _ in records]


def test_writer_that_knows_better_is_not_taken_for_a_retry() -> None:
    """A newer release may accept what an older one left out: other rows, so another token."""
    limits, tokens = BatchLimits(span=2), []
    for first in (None, (0,)):
        cutter = Cutter("terminal-events", 0, limits)
        cutter.add(0, first, b"{}", now=0.0)
        cutter.add(1, (1,), b"{}", now=0.0)
        (batch,) = cutter.take(0.0)
        tokens.append(batch.token("events", 0))
    assert tokens[0] != tokens[1]


def test_left_out_record_ripens_as_any_other() -> None:
    cutter = Cutter("terminal-events", 0, BatchLimits(span=10, age_s=1.0))
    cutter.add(0, None, b"{}", now=0.0)
    assert (cutter.take(0.9), cutter.held_rows, cutter.held_bytes) == ([], 0, 0)
    (batch,) = cutter.take(1.0)
    assert (batch.first, batch.last, batch.rows) == (0, 0, ())


def _aged(partition: int, *sizes: int, full: bool = False) -> list[Batch]:
    """Batches of one partition, of so many rows each."""
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return [
        Batch("stage-dwells", partition, end - rows, max(end - 1, end - rows),
              tuple((at,) for at in range(end - rows, end)), rows * 2, f"{end}", full)
        for rows, end in zip(sizes, ends, strict=True)
    ]  # fmt: skip


def test_what_age_has_cut_goes_together_and_a_full_batch_alone() -> None:
    (full,) = _aged(1, 3, full=True)
    first, second, last = *_aged(0, 2, 1), *_aged(2, 4)
    bundles = list(bundled([first, full, second, last], BatchLimits()))
    assert [bundle.batches for bundle in bundles] == [(first,), (full,), (second, last)]
    assert list(bundles[2].rows) == [*second.rows, *last.rows]
    assert str(bundles[2]) == "stage-dwells/0 offsets 2 to 2 and 1 more batches"


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=20),
    st.integers(1, 10),
    st.integers(1, 20),
)
def test_bundles_keep_every_batch_in_order_and_their_limits(
    told: list[tuple[int, bool]], rows_max: int, bytes_max: int
) -> None:
    batches = [_aged(place, rows, full=full)[0] for place, (rows, full) in enumerate(told)]
    bundles = list(bundled(batches, BatchLimits(bytes_max=bytes_max, rows_max=rows_max)))
    assert [batch for bundle in bundles for batch in bundle.batches] == batches
    for bundle in bundles:
        if len(bundle.batches) > 1:
            assert not any(batch.full for batch in bundle.batches)
            assert len(bundle.rows) <= rows_max
            assert sum(batch.size_bytes for batch in bundle.batches) <= bytes_max


def test_bundle_of_one_has_its_batch_s_token_and_others_one_of_all() -> None:
    """What a release before bundles stored and did not commit is known again by its token."""
    (one,), (other,), (empty,) = _aged(0, 2), _aged(1, 2), _aged(2, 0)
    assert Bundle((one,)).token("stage_dwells", 0) == one.token("stage_dwells", 0)
    assert Bundle((empty, one)).token("stage_dwells", 0) == one.token("stage_dwells", 0)
    both = Bundle((one, other)).token("stage_dwells", 0)
    assert both == Bundle((one, empty, other)).token("stage_dwells", 0)
    others = [Bundle((other, one)).token("stage_dwells", 0), Bundle((one, other)).token("t", 0)]
    others += [Bundle((one, other)).token("stage_dwells", 1), one.token("stage_dwells", 0)]
    assert len({both, *others}) == 5
    assert both.startswith("stage_dwells:0:2 batches:")


@pytest.mark.parametrize("said", ["full", "aged", "told"])
def test_batch_is_full_when_the_records_alone_have_cut_it(said: str) -> None:
    cutter = Cutter("stage-dwells", 3, BatchLimits(span=10, bytes_max=5, age_s=1.0))
    cutter.add(0, (0,), b"abcde" if said == "full" else b"a", now=0.0)
    if said == "told":
        cutter.cut()
    assert [batch.full for batch in cutter.take(1.0)] == [said == "full"]
    cutter.add(9, (9,), b"a", now=1.0)
    assert [batch.full for batch in cutter.take(1.0)] == [True]
    cutter.add(17, (17,), b"a", now=1.0)
    cutter.add(21, (21,), b"a", now=1.0)
    assert [batch.full for batch in cutter.take(1.0)] == [True]
