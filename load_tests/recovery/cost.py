"""What a row costs in memory and on disk: fetched, changed and settled, when any may be asked for.

    python -m load_tests.recovery.cost --units 1000000

As the worker uses its parts, in steps of 2,000 rows, but that every row asked for is another one,
so none lies ready on the desk. CPU time of the process, and what the rows take.
"""

import argparse
import gc
import random
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Final

from load_tests.recovery.seeding import ORIGINALS, Seed, originals, seeds
from load_tests.scenarios.wheel import Wheel
from streams.plane.disk import DiskPart
from streams.plane.store import Part
from streams.tables import Clock, decode_row, encode_clock

STEP: Final = 2_000
STEPS: Final = 25


def filled(part: Part, rows: Mapping[str, bytes], units: int) -> list[str]:
    """Put so many rows into a part, as a restorer does. Returns their keys."""
    keys: list[str] = []
    coming = seeds(dict(rows), units)
    while chunk := list(islice(coming, STEP)):
        part._take_in(dict(map(_row, chunk)), None, len(keys))
        keys += [seed.key.decode() for seed in chunk]
    return keys


def step_us(part: Part, keys: list[str], chance: random.Random) -> float:
    """CPU microseconds of a row that is fetched, written and settled."""
    clock, begun = encode_clock(Clock()), process_time()
    for _ in range(STEPS):
        told: dict[str, bytes | None] = {}
        for key in chance.sample(keys, STEP):
            row = part.rows[key]
            decode_row(row)
            changed = row[:-1] + row[-1:]
            part.rows[key] = told[key] = changed
        part.settle(told, clock, [(part.upto, part.upto + STEP + 1)])
    return 1e6 * (process_time() - begun) / (STEP * STEPS)


def _row(seed: Seed) -> tuple[str, bytes]:
    return seed.key.decode(), seed.row


def _told(name: str, make: Callable[[], Part], rows: Mapping[str, bytes], units: int) -> None:
    gc.collect()
    before, begun = _own_bytes(), process_time()
    part = make()
    keys = filled(part, rows, units)
    fill_us = 1e6 * (process_time() - begun) / units
    best = min(step_us(part, keys, random.Random(seed)) for seed in range(3))
    grown = (_own_bytes() - before) / units
    print(
        f"{name:<8}{units:>10,} rows: filled {fill_us:5.1f} us, a row in a step {best:5.1f} us, "
        f"{grown:5.0f} bytes of memory a row, the keys' list included",
        flush=True,
    )
    part.close()


def _own_bytes() -> int:
    """Memory that is in no file: what is mapped the system takes back when it needs it."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def main() -> None:
    """Both, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=200_000)
    units = parser.parse_args().units
    rows = originals(Wheel.of(ORIGINALS))
    with tempfile.TemporaryDirectory() as folder:
        _told("disk", partial(DiskPart, Path(folder) / "0"), rows, units)
    _told("memory", Part, rows, units)


if __name__ == "__main__":
    main()
