"""A receipt as lines for people: what came out of what, and what was refused, with what to do."""

from collections.abc import Iterator, Mapping
from typing import Final

from portclock.intake.receipt import Receipt

TOLD_MAX: Final = 10
"""Refusals told one by one on a terminal; the receipt has more."""


def told(receipt: Receipt) -> Iterator[str]:
    """One line of counts, then one for each refusal."""
    messages, events = receipt.messages, receipt.events
    told = f"{receipt.name}: {receipt.outcome}: {_sum(messages, 'message')} ({_list(messages)})"
    yield f"{told} -> {_sum(events, 'event')}{f' ({_list(events)})' if events else ''}" + "".join(
        f", {_sum(by, word)} ({_list(by)})"
        for by, word in ((receipt.announcements, "announcement"), (receipt.refusals, "refusal"))
        if by
    )
    for one in receipt.listed[:TOLD_MAX]:
        where = f"message {one.part + 1}{f', {one.path}' if one.path else ''}"
        yield f"  {where}: {one.why}: {one.detail}; {one.remedy}"
    if (more := sum(receipt.refusals.values()) - TOLD_MAX) > 0:
        yield f"  and {more:,} more; --json or the receipt beside the file lists them"


def _sum(by: Mapping[str, int], word: str) -> str:
    number = sum(by.values())
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _list(by: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in by.items())
