"""The command: list faults, run some, soak, or write the table."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from load_tests.faults.catalogue import FAULTS
from load_tests.faults.fault import Fault
from load_tests.faults.load import Pace
from load_tests.faults.rig import Setup
from load_tests.faults.run import Unfinished, run
from load_tests.faults.share import Wish as Backlog
from load_tests.faults.share import share
from load_tests.faults.soak import STRETCH, Summary, Wish, soak
from load_tests.faults.table import PAGE, RESULTS, write
from load_tests.scenarios.results import machine


def main() -> int:
    """Exit status: 1 when something was lost or counted twice."""
    parser = argparse.ArgumentParser(prog="python -m load_tests.faults", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="every fault and how it is caused")
    running = verbs.add_parser("run", help="run faults by name, or all")
    running.add_argument("names", nargs="+", choices=[*FAULTS, "all"])
    running.add_argument("--broker", choices=("kafka", "tansu"), help="in place of a fault's own")
    running.add_argument("--seed", type=int, default=1)
    running.add_argument("--times", type=int, help="strokes of each fault, in place of its own")
    running.add_argument("--json", type=Path, metavar="FILE", help="add the results to this file")
    soaking = verbs.add_parser("soak", help="random kills of random parts, then the judge")
    soaking.add_argument("--kills", type=int, default=Wish().kills)
    soaking.add_argument("--workers", type=int, default=3)
    soaking.add_argument("--broker", choices=("kafka", "tansu"), default="kafka")
    soaking.add_argument("--brokers", type=int, choices=(1, 3), default=1, help="nodes")
    soaking.add_argument("--rate", type=float, default=Pace().rate, help="messages a second")
    soaking.add_argument("--seed", type=int, default=1)
    soaking.add_argument("--stretch", type=int, default=STRETCH, help="kills between comparisons")
    soaking.add_argument("--json", type=Path, metavar="FILE", help="the summary; goes on from it")
    soaking.add_argument("--results", type=Path, metavar="FILE", help="add it there when done")
    writing = verbs.add_parser("table", help="write the table of docs/reliability.md")
    writing.add_argument("results", type=Path, nargs="?", default=RESULTS)
    sharing = verbs.add_parser("share", help="how much more two workers do than one")
    sharing.add_argument("--messages", type=int, default=Backlog().messages)
    sharing.add_argument("--seconds", type=float, default=Backlog().seconds)
    asked = parser.parse_args()
    return {"share": _share, "list": _list, "run": _run, "soak": _soak, "table": _table}[
        asked.verb
    ](asked)


def _soak(asked: argparse.Namespace) -> int:
    setup = Setup(asked.broker, asked.brokers, asked.workers)
    wish = Wish(asked.kills, setup, Pace(rate=asked.rate), asked.seed, asked.stretch)
    summary = soak(wish, asked.json, _tell)
    print(json.dumps(summary.document(), ensure_ascii=False))
    if asked.results and summary.kills >= asked.kills:
        _keep_soak(asked.results, summary)
    return 0 if summary.harmless else 1


def _share(asked: argparse.Namespace) -> int:
    print(json.dumps(share(Backlog(asked.messages, asked.seconds)).document()))
    return 0


def _table(asked: argparse.Namespace) -> int:
    write(asked.results, PAGE, FAULTS)
    return 0


def _list(_: argparse.Namespace) -> int:
    for fault in FAULTS.values():
        print(f"{fault.name:<24}{fault.setup.words:<24}{fault.how} {fault.how_zh}")
    return 0


def _run(asked: argparse.Namespace) -> int:
    names = list(FAULTS) if "all" in asked.names else asked.names
    harmless = True
    try:
        for aftermath in run([_chosen(name, asked) for name in names], asked.seed, _tell):
            document = dict(aftermath.document())
            print(json.dumps(document, ensure_ascii=False), flush=True)
            harmless &= aftermath.harmless
            if asked.json:
                _keep(asked.json, document)
    except Unfinished as error:
        _tell(f"not all was done: {error}")
        return 1
    return 0 if harmless else 1


def _chosen(name: str, asked: argparse.Namespace) -> Fault:
    fault = FAULTS[name]
    setup = replace(fault.setup, broker=asked.broker or fault.setup.broker)
    return replace(fault, setup=setup, times=asked.times or fault.times)


def _keep(file: Path, document: dict[str, object]) -> None:
    """The latest result of each fault, with the machine it ran on."""
    kept: dict[str, Any] = {"results": {}, "soaks": []}
    kept |= json.loads(file.read_text()) if file.exists() else {}
    kept["machine"] = machine()
    kept["results"][document["fault"]] = document
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def _keep_soak(file: Path, summary: Summary) -> None:
    """In the place of an earlier one with the same setup."""
    kept: dict[str, Any] = {"results": {}, "soaks": []}
    kept |= json.loads(file.read_text()) if file.exists() else {}
    others = [one for one in kept["soaks"] if one["setup"] != summary.setup]
    kept["soaks"] = [*others, summary.document()]
    kept["machine"] = machine()
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
