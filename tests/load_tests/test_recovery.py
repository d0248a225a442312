"""Seeds are rows as a worker writes them, each under a key of its own, in its partition."""

from collections import Counter

from events.topics import PARTITIONS
from load_tests.recovery.seeding import Seed, originals, seeds
from load_tests.scenarios.wheel import Wheel
from streams.law import TimingLaw
from streams.plane.batches import partition_of
from streams.plane.store import Part
from streams.tables import decode_row, verify
from timing.memory import unpack
from timing.rules import Rules


def test_every_seed_is_a_row_that_a_worker_reads_under_its_own_key() -> None:
    rows = originals(Wheel.of(40))
    found = list(seeds(rows, 500))

    assert len({seed.key for seed in found}) == len(found) == 500
    assert {seed.key.decode() for seed in found} >= set(rows)
    law = TimingLaw(Rules())
    for seed in found:
        row = decode_row(seed.row)
        history = unpack(row.history)
        assert history.key == seed.key.decode()
        assert row.fences == {}
        assert row.deadline_s == law.next_deadline(history)
        assert seed.partition == partition_of(seed.key.rpartition(b"/")[2], PARTITIONS)


def test_seeds_restore_into_parts_of_about_one_size() -> None:
    found = list(seeds(originals(Wheel.of(40)), 2_000))
    sizes = Counter(seed.partition for seed in found)
    assert len(sizes) == PARTITIONS
    assert max(sizes.values()) < 1.5 * min(sizes.values())
    part = Part()
    part.restore([_Record(n, seed) for n, seed in enumerate(found)], len(found), verify)
    assert len(part.rows) == len(found)


class _Record:
    """A seed as it is read back."""

    timestamp = None
    headers = ()

    def __init__(self, offset: int, seed: Seed) -> None:
        self.offset, self.key, self.value = offset, seed.key, seed.row
