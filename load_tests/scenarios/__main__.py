"""The command: one scenario, a file of traffic, the bench, or the pictures."""

import argparse
import json
import sys
from pathlib import Path

from load_tests.scenarios import bench, plots
from load_tests.scenarios.house import SERVICES
from load_tests.scenarios.offline import write_file
from load_tests.scenarios.results import lines, machine
from load_tests.scenarios.runs import SCENARIOS
from load_tests.scenarios.wanted import FEEDS, Wanted


def main() -> int:
    """Exit status: 1 when a bench is slower than its bound."""
    parser = argparse.ArgumentParser(prog="python -m load_tests.scenarios", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name in SCENARIOS:
        _options(verbs.add_parser(name, help=(SCENARIOS[name].__doc__ or "").partition("\n")[0]))
    file = verbs.add_parser("file", help="Write the messages of a history, one a line.")
    _options(file)
    file.add_argument("target", type=Path)
    bench.options(verbs.add_parser("bench", help="Every scenario, small, as ratios to a baseline."))
    plots.options(verbs.add_parser("plots", help="Draw a file of results."))
    asked = parser.parse_args()
    if asked.verb == "bench":
        return bench.main(asked)
    if asked.verb == "plots":
        return plots.main(asked)
    if asked.verb == "file":
        print(f"{write_file(asked.target, _wanted(asked)):,} messages -> {asked.target}")
        return 0
    return _run(asked)


def _options(parser: argparse.ArgumentParser) -> None:
    usual = Wanted()
    parser.add_argument("--open-visits", type=int, default=usual.open_visits)
    parser.add_argument("--messages", type=int, default=usual.messages)
    parser.add_argument("--rate", type=float, default=usual.rate, help="messages a second")
    parser.add_argument("--seconds", type=float, default=usual.seconds)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--feeds", choices=sorted(FEEDS), default=usual.feeds)
    parser.add_argument("--broker", choices=("tansu", "kafka"), default=usual.broker)
    parser.add_argument("--parts", default=",".join(SERVICES), help="services to start")
    parser.add_argument("--check", action="store_true", help="compare the tables with the judge")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")


def _wanted(asked: argparse.Namespace) -> Wanted:
    known = Wanted.__dataclass_fields__
    given = {name: value for name, value in vars(asked).items() if name in known}
    return Wanted(**given | {"parts": tuple(asked.parts.split(","))})


def _run(asked: argparse.Namespace) -> int:
    on = machine()
    found = [result.document() for result in SCENARIOS[asked.verb](_wanted(asked))]
    for document in found:
        print("\n".join(lines(document)))
    if asked.json:
        asked.json.write_text(json.dumps({"machine": on, "results": found}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
