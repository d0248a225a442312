"""The results as a table and as JSON: medians of the rounds, and ratios of the same rounds."""

import statistics
from collections.abc import Iterable, Sequence

from load_tests.peers.contest import Result
from load_tests.peers.peers import BARE, FLOOR, OURS, Peer

HEAD = (
    "peer",
    "us CPU",
    "min",
    "max",
    "events/s/core",
    "to bare",
    "to ours",
    "words",
    "ok",
    "state",
    "durable",
)


def us_each(result: Result) -> float | None:
    """CPU per message; None for a failed run."""
    return None if result.cpu_s is None else result.cpu_s / result.messages * 1e6


def ratio(results: Sequence[Result], peer: str, other: str) -> float | None:
    """How many times as fast a peer is as another: the median over rounds in which both ran."""
    own = {r.round: us for r in results if r.peer == peer and (us := us_each(r))}
    theirs = {r.round: us for r in results if r.peer == other and (us := us_each(r))}
    both = [theirs[n] / own[n] for n in own if n in theirs]
    return statistics.median(both) if both else None


def agreed(results: Sequence[Result], peer: str) -> str:
    """`yes` if every round of the peer came to what the floor came to, else what it did instead."""
    mine = [r for r in results if r.peer == peer]
    failed = [r for r in mine if r.failure]
    if failed:
        return "failed"
    wanted = {fingerprint(r) for r in results if r.peer == FLOOR and not r.failure}
    if len(wanted) != 1:
        return "unknown"
    return "yes" if {fingerprint(r) for r in mine} == wanted else "NO"


def fingerprint(result: Result) -> tuple[int, int, int]:
    """What two runs must have in common."""
    return result.words, result.checksum, result.counted


def rows(results: Sequence[Result], peers: Iterable[Peer]) -> list[tuple[str, ...]]:
    """One row per peer that ran, the cheapest first."""
    told = []
    for peer in peers:
        each = [us for r in results if r.peer == peer.name and (us := us_each(r))]
        told.append((statistics.median(each) if each else float("inf"), _row(results, peer, each)))
    return [row for _, row in sorted(told, key=lambda item: item[0])]


def _row(results: Sequence[Result], peer: Peer, each: list[float]) -> tuple[str, ...]:
    words = max((r.words for r in results if r.peer == peer.name), default=0)
    if not each:
        return (peer.name, *["-"] * 7, "failed", peer.state, peer.durable)
    median = statistics.median(each)
    return (
        peer.name,
        *(f"{us:.1f}" for us in (median, min(each), max(each))),
        f"{1e6 / median:.0f}",
        _times(ratio(results, peer.name, BARE)),
        _times(ratio(results, peer.name, OURS)),
        str(words),
        agreed(results, peer.name),
        peer.state,
        peer.durable,
    )


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} x"


def printed(results: Sequence[Result], peers: Iterable[Peer]) -> str:
    """The table as text; it is a table of Markdown, too."""
    lines = [HEAD, *rows(results, peers)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    told = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in lines
    ]
    told.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(told)
