"""The command: measure the recovery of so many open visits."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from load_tests.recovery.measure import Asked, measured
from load_tests.scenarios.results import lines, machine


def main() -> int:
    """Exit status 0, or an exception."""
    parser = argparse.ArgumentParser(prog="python -m load_tests.recovery", description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--versions", type=int, default=1, help="records of each in the changelog")
    parser.add_argument("--rate", type=float, default=300.0, help="live messages a second")
    parser.add_argument("--broker", choices=("tansu", "kafka"), default="kafka")
    parser.add_argument("--state", choices=("memory", "disk"), default="memory")
    parser.add_argument("--folder", type=Path, help="kept, so that it need not be seeded again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        folder = (asked.folder or Path(fresh)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        env = {} if asked.state == "memory" else {"PORTCLOCK_WORKER_STATE": asked.state}
        on = machine()
        results = measured(
            Asked(asked.units, folder, asked.broker, asked.versions, asked.rate, env)
        )
    found = [result.document() for result in results]
    for document in found:
        print("\n".join(lines(document)))
    if asked.json:
        asked.json.write_text(json.dumps({"machine": on, "results": found}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
