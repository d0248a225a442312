"""Every scenario at a size that takes a few minutes in all, and what it is beside the baseline.

A ratio above 1 is better than the baseline. Numbers of another machine are no baseline: CPU for
each message travels best, waits travel worst.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from load_tests.scenarios.results import lines, machine
from load_tests.scenarios.runs import SCENARIOS
from load_tests.scenarios.wanted import Wanted
from portclock.standalone.stack import WORKER, WRITER

HERE: Final = Path(__file__).parents[1]
BASELINE: Final = HERE / "baseline.json"
_ALL: Final = Wanted()
SIZES: Final[dict[str, tuple[tuple[str, Wanted], ...]]] = {
    "tiny": (
        ("judge", _ALL.but(messages=2_000, open_visits=200)),
        ("catch-up", _ALL.but(messages=1_000, open_visits=200, parts=(WORKER, WRITER), check=True)),
        ("steady", _ALL.but(open_visits=200, rate=100, seconds=2)),
    ),
    "usual": (
        ("judge", _ALL.but(messages=100_000)),
        ("catch-up", _ALL.but(messages=100_000, parts=(WORKER,))),
        ("catch-up", _ALL.but(messages=50_000, parts=(WORKER, WRITER), check=True)),
        ("steady", _ALL.but(rate=1_000)),
        ("steady", _ALL.but(rate=5_000)),
        ("steady", _ALL.but(rate=20_000, seconds=15)),
        ("burst", _ALL.but(rate=1_000)),
        ("national-day", _ALL.but(rate=2_000)),
        ("growth", _ALL.but(open_visits=100_000, messages=20_000)),
    ),
    "full": (
        ("judge", _ALL.but(messages=5_000_000)),
        ("catch-up", _ALL.but(messages=5_000_000, parts=(WORKER,))),
        ("catch-up", _ALL.but(messages=5_000_000, parts=(WORKER, WRITER))),
        ("growth", _ALL.but(open_visits=1_000_000)),
    ),
}


class Figure(NamedTuple):
    """One number worth comparing."""

    name: str
    value: float
    more_is_better: bool


def options(parser: argparse.ArgumentParser) -> None:
    """What may be asked for."""
    parser.add_argument("--size", choices=sorted(SIZES), default="usual")
    parser.add_argument("--only", default="", help="scenarios, by their words, with commas")
    parser.add_argument("--broker", choices=("tansu", "kafka"), default="tansu")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all results there")
    parser.add_argument("--baseline", type=Path, default=BASELINE)
    parser.add_argument("--write-baseline", metavar="WORDS", help="make this the baseline, of what")


def main(asked: argparse.Namespace) -> int:
    """Run, print the table, keep what is to be kept."""
    on, found = machine(), []
    only = frozenset(filter(None, asked.only.split(",")))
    for name, wanted in SIZES[asked.size]:
        if only and name not in only:
            continue
        for result in SCENARIOS[name](wanted.but(broker=asked.broker)):
            found.append(result.document())
            print("\n".join(lines(found[-1])), file=sys.stderr, flush=True)
    kept = {"machine": on, "results": found}
    if asked.json:
        asked.json.write_text(json.dumps(kept, indent=1) + "\n")
    old = json.loads(asked.baseline.read_text()) if asked.baseline.exists() else {"figures": {}}
    now = figures(found)
    print("\n".join(table(now, old["figures"])))
    if asked.write_baseline:
        values = {figure.name: round(figure.value, 3) for figure in now}
        kept = {"of": asked.write_baseline, "machine": on, "figures": old["figures"] | values}
        asked.baseline.write_text(json.dumps(kept, indent=1) + "\n")
    return 0


def figures(found: list[dict[str, Any]]) -> list[Figure]:
    """What is compared, of all results."""
    return [figure for result in found for figure in _figures(result)]


def _figures(result: Mapping[str, Any]) -> Iterator[Figure]:
    name = result["name"]
    if not result["latency"]:
        yield Figure(f"{name}: messages/s", result["per_s"], more_is_better=True)
    for part, cpu_us in result["cpu_us"].items():
        yield Figure(f"{name}: {part}, us CPU", cpu_us, more_is_better=False)
    for what, latency in result["latency"].items():
        for percentile in ("p50", "p99"):
            value = latency[f"{percentile}_ms"]
            if latency["count"]:
                yield Figure(f"{name}: {what}, {percentile} ms", value, more_is_better=False)
    if weight := result["figures"].get("bytes per further open unit"):
        yield Figure(f"{name}: bytes per further open unit", weight, more_is_better=False)


def table(now: list[Figure], old: Mapping[str, float]) -> list[str]:
    """In Markdown: what is, what was, and how many times better it became."""
    text = ["| figure | now | baseline | times better |", "|---|---:|---:|---:|"]
    for name, value, more_is_better in now:
        was = old.get(name)
        if not was or not value:
            text.append(f"| {name} | {value:,.1f} | | |")
            continue
        better = value / was if more_is_better else was / value
        text.append(f"| {name} | {value:,.1f} | {was:,.1f} | {better:.2f} |")
    return text
