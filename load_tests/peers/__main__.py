"""Every engine that a user might pick instead, on the same messages, broker and law as ours.

    python load_tests/peers/run.py --events 100000 --rounds 3 [--broker kafka] [--only ours,quix]

Prints CPU per event between the first message and the last word acknowledged, all threads of the
process counted; writes all runs as JSON. See README.md beside this file for what is fair about it.
"""

import argparse
import json
import logging
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from load_tests.peers import table
from load_tests.peers.contest import Plan, Result, play
from load_tests.peers.messages import Accounts, messages, write, write_lines
from load_tests.peers.peers import FLOOR, PEERS, Peer
from portclock.standalone.brokers import missing
from portclock.traffic.feed import SEED


def chosen(only: str, job: str) -> list[Peer]:
    """The peers that were asked for; the floor always, since it knows the right checksum."""
    names = {name for name in only.split(",") if name}
    unknown = names - {peer.name for peer in PEERS}
    if unknown:
        raise SystemExit(f"no such peer: {', '.join(sorted(unknown))}")
    wanted = names | {FLOOR} if names else {peer.name for peer in PEERS}
    return [peer for peer in PEERS if peer.name in wanted and job in peer.jobs]


def run(options: argparse.Namespace, folder: Path) -> list[Result]:
    """All rounds of all jobs."""
    accounts = Accounts()
    made = messages(options.events, accounts, options.seed)
    file, lines = folder / "messages.msgpack", folder / "messages.ndjson"
    write(file, made)
    accepted = write_lines(lines, made)
    print(
        f"{len(made)} messages, {accepted} accepted; left out or changed: {dict(accounts.counts)}"
    )
    found: list[Result] = []
    for job in options.jobs.split(","):
        plan, peers = Plan(made, file, lines, job, options.broker), chosen(options.only, job)
        for number in range(options.rounds):
            found += play(plan, peers, number)
        print(f"\n{job}: {options.rounds} rounds on {options.broker}\n")
        print(table.printed([r for r in found if r.job == job], peers), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--broker", choices=["tansu", "kafka"], default="tansu")
    parser.add_argument("--only", default="", help="names of peers, with commas")
    parser.add_argument("--jobs", default="law,null,durations")
    parser.add_argument("--json", type=Path, help="where to write every run")
    options = parser.parse_args()
    # A topic just made has no leader for a moment; what is never delivered raises.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if lack := missing(options.broker):
        raise SystemExit(lack)
    with TemporaryDirectory(prefix="peers-") as folder:
        found = run(options, Path(folder))
    machine = f"python {platform.python_version()}, {platform.system()} {platform.machine()}"
    print(f"\n{machine}")
    if options.json:
        asked = {"events": options.events, "seed": options.seed, "broker": options.broker}
        runs = {"asked": asked, "machine": machine, "runs": [asdict(each) for each in found]}
        options.json.write_text(json.dumps(runs, indent=1) + "\n")
    if any(each.failure for each in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
