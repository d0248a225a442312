"""The command: a synthetic year of ten ports into the tables, or what it takes to close its months.

python -m portclock.standalone.clickhouse --path /tmp/year --port 9000
python -m load_tests.year land --visits 30000 --year 2025
python -m load_tests.year layer --layers 4
python -m load_tests.year close --year 2025
"""

import argparse
import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter

from load_tests.year.closing import measure
from load_tests.year.landing import Landed, landed
from load_tests.year.layering import lay
from load_tests.year.ports import chunks
from portclock.reporting import report_tables
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.settings import ClickHouseAddress
from timing.commitments.period import month

CHUNKS_TOLD = 60
"""After how many chunks it says how far it is. `--skip` takes that number, less the processes."""
AFTER = timedelta(days=60)
"""How long after the year it is judged: what began in December has ended by then, or never will."""


def main() -> int:
    """Exit status 0; what was done is printed as JSON, one document a line."""
    asked = _asked()
    address = ClickHouseAddress.parse(asked.clickhouse)
    for document in {"land": _land, "layer": _layer, "close": _close}[asked.verb](asked, address):
        print(json.dumps(document), flush=True)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m load_tests.year", description=__doc__)
    parser.add_argument("verb", choices=("land", "layer", "close"))
    parser.add_argument("--visits", type=int, default=30_000)
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--skip", type=int, default=0, help="chunks that have landed before")
    parser.add_argument(
        "--layers", type=int, default=1, help="lay what was told down so often again"
    )
    parser.add_argument("--months", type=int, default=12, help="close so many, from January on")
    parser.add_argument("--clickhouse", default="clickhouse://default@127.0.0.1:9000/portclock")
    return parser.parse_args()


def _land(asked: argparse.Namespace, address: ClickHouseAddress) -> Iterator[dict[str, object]]:
    server = ClickHouseStore(address.within("default"))
    migrate.apply(server, address.database)
    server.close()
    now = datetime(asked.year + 1, 1, 1, tzinfo=UTC) + AFTER
    began = perf_counter()
    tasks = chunks(asked.year, asked.visits)[asked.skip :]
    total = Landed()
    for number, one in enumerate(landed(tasks, address, (asked.seed, now), asked.processes), 1):
        total = total.plus(one)
        if number % CHUNKS_TOLD == 0 or number == len(tasks):
            wall_s = round(perf_counter() - began, 1)
            at = {"chunks": asked.skip + number, "wall_s": wall_s, "peak_mb": _peak_mb()}
            yield {**total._asdict(), **at}


def _layer(asked: argparse.Namespace, address: ClickHouseAddress) -> Iterator[dict[str, object]]:
    for number in range(1, asked.layers + 1):
        began = perf_counter()
        store = ClickHouseStore(address)
        lay(store, number)
        store.close()
        yield {"layer": number, "wall_s": round(perf_counter() - began, 1)}


def _close(asked: argparse.Namespace, address: ClickHouseAddress) -> Iterator[dict[str, object]]:
    periods = [month(f"{asked.year}-{number:02d}") for number in range(1, asked.months + 1)]
    with report_tables(address) as tables:
        for measured in measure(tables, periods):
            rounded = {name: round(value, 2) for name, value in measured._asdict().items()
                       if isinstance(value, float)}  # fmt: skip
            yield {**measured._asdict(), **rounded, "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) // 1024


if __name__ == "__main__":
    sys.exit(main())
