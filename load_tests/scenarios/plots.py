"""Pictures of results, as small SVG files that are the same bytes for the same numbers."""

import argparse
import json
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib.figure import Figure

from load_tests.scenarios.latencies import Latency

PICTURES: Final = Path(__file__).parents[1] / "pictures"
SIZE: Final = (7.2, 3.6)
TICKS: Final = (0, 50, 90, 99, 99.9)


def options(parser: argparse.ArgumentParser) -> None:
    """What may be asked for."""
    parser.add_argument("results", type=Path, help="a file that --json wrote")
    parser.add_argument("--into", type=Path, default=PICTURES)


def main(asked: argparse.Namespace) -> int:
    """Draw them."""
    draw(asked.results, asked.into)
    return 0


def draw(results: Path, into: Path) -> None:
    """Every picture that a file of results has numbers for."""
    found = json.loads(results.read_text())["results"]
    into.mkdir(exist_ok=True)
    matplotlib.rcParams.update({"svg.hashsalt": "portclock", "svg.fonttype": "none"})
    for result in found:
        if any(latency["count"] for latency in result["latency"].values()):
            draw_latency(result, into / f"latency-{result['name'].replace(' ', '-')}.svg")
    if grown := [one for one in found if one["name"].startswith("growth")]:
        draw_growth(grown, into / "growth.svg")
    if paid := [one for one in found if one["cpu_us"]]:
        draw_costs(paid, into / "cpu.svg")


def draw_latency(result: Mapping[str, Any], target: Path) -> None:
    """Percentiles, finer towards the end: each step to the right is ten times rarer."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    for name, document in result["latency"].items():
        if document["count"]:
            points = [(_rarity(p), ms) for p, ms in Latency.read(document).curve() if p < 100]
            axes.plot(*zip(*points, strict=True), label=f"{name} ({document['count']})")
    axes.set_xticks([_rarity(tick) for tick in TICKS], [f"{tick:g} %" for tick in TICKS])
    axes.set_yscale("log")
    axes.set_ylabel("ms since it was to be sent")
    axes.set_title(f"{result['name']}, {result['wanted']['open_visits']:,} open visits")
    axes.grid(alpha=0.3)
    axes.legend()
    _save(figure, target)


def _rarity(percentile: float) -> float:
    """How rarely it is worse, by the logarithm to the base of two."""
    return -log2(max(1 - percentile / 100, 1e-9))


def draw_growth(found: Sequence[Mapping[str, Any]], target: Path) -> None:
    """CPU of a message, and memory of the worker, over the number of open visits."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    units = [one["figures"]["open units"] for one in found]
    axes.plot(units, [one["cpu_us"]["worker"] for one in found], "o-")
    beside = axes.twinx()
    weights = [one["figures"]["worker grown by MiB"] for one in found]
    beside.plot(units, weights, "s--", color="tab:red")
    axes.set_xscale("log")
    axes.set_xlabel("open visits")
    axes.set_ylabel("us CPU of the worker a message")
    beside.set_ylabel("MiB above an empty worker (dashed)")
    axes.set_ylim(bottom=0)
    beside.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    _save(figure, target)


def draw_costs(found: Sequence[Mapping[str, Any]], target: Path) -> None:
    """What each part of the house uses for a message, scenario by scenario."""
    figure = Figure(figsize=(7.2, 1 + 0.4 * len(found)), layout="constrained")
    axes = figure.subplots()
    names = [one["name"] for one in found]
    left = [0.0] * len(found)
    for part in sorted({part for one in found for part in one["cpu_us"]}):
        widths = [one["cpu_us"].get(part, 0.0) for one in found]
        axes.barh(names, widths, left=left, label=part)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("us CPU a message")
    axes.legend(fontsize="small")
    _save(figure, target)


def _save(figure: Figure, target: Path) -> None:
    figure.savefig(target, metadata={"Date": None})
