"""The verdict in one sentence, with every number that it rests on.

Says why a finding is what it is, by the sum of its own steps; a verdict that the sum does not bear
out is a defect and raises. Must never know a language.
"""

from events.vocabulary import Verdict
from timing.findings import Finding
from timing.story.sums import Sum
from timing.story.words import Sentence, Value
from timing.verdict import of_closed, of_notice, of_open

REASONS = (
    "no-appointment", "ordered-too-late", "size-unknown", "weight-unknown", "journey-unknown",
    "calendar-unknown", "listed",
)  # fmt: skip
"""Flags that say why nothing judges an occurrence."""
NOTHING_IN_FORCE, NOT_COVERED = "nothing-in-force", "not-covered"


class Unexplained(Exception):
    """A verdict that its own arithmetic does not bear out: a defect of the timing law."""


def explained(finding: Finding, total: Sum, now: int, in_force: bool) -> Sentence:
    """The one sentence of a finding. `now` is up to when an open one was summed; `in_force` says
    whether any limit on the stage was, whether it covers the unit or not.

    Raises Unexplained.
    """
    _check(finding, total)
    values: dict[str, Value] = {"taken": _taken(total)}
    closed = finding.occurrence.closed_at is not None
    if not closed:
        values["now_at"] = now
    if finding.applied is None:
        reason = next((flag for flag in finding.flags if flag in REASONS), None)
        values["reason"] = reason or (NOT_COVERED if in_force else NOTHING_IN_FORCE)
        return Sentence("no-limit" if closed else "no-limit-open", values)
    limit_s = finding.applied.limit_s
    values["limit_s"] = limit_s
    if finding.verdict is Verdict.BREACHED:
        values["over_s"] = abs(total.net_s - limit_s)
    if not closed and finding.deadline_at is not None:
        values["deadline_at"] = finding.deadline_at
    return Sentence(_key(finding, closed), values)


def _key(finding: Finding, closed: bool) -> str:
    assert finding.applied is not None, "what no limit judges has its own sentences"
    if finding.applied.limit.at_least:
        return f"{finding.verdict}-ahead"
    if finding.verdict is Verdict.OPEN:
        return "open" if finding.deadline_at is not None else "open-stopped"
    return finding.verdict if closed else f"{finding.verdict}-open"


def _taken(total: Sum) -> Sentence:
    """How long it took, as simply as the steps allow."""
    rested, held_s = total.worked_s < total.gross_s, total.worked_s - total.net_s
    key = "took" + ("-hours" if rested else "") + ("-held" if held_s else "")
    values: dict[str, Value] = {"net_s": total.net_s}
    if rested:
        values["gross_s"] = total.gross_s
    if held_s:
        values |= {"worked_s": total.worked_s, "held_s": held_s}
    return Sentence(key, values)


def _check(finding: Finding, total: Sum) -> None:
    closed = finding.occurrence.closed_at is not None
    told = (finding.gross_s, finding.net_s, dict(finding.held))
    if closed and told != (total.gross_s, total.net_s, total.held_s()):
        raise _unexplained(
            finding, f"its steps come to {total.gross_s} s gross, {total.net_s} s net"
        )
    verdict = _by_numbers(finding, total)
    if verdict is not finding.verdict:
        raise _unexplained(finding, f"its numbers say {verdict}")
    split_s = sum(part_s for _, part_s in finding.split)
    if closed and split_s != total.gross_s:
        raise _unexplained(finding, f"its split comes to {split_s} s of {total.gross_s} s")


def _by_numbers(finding: Finding, total: Sum) -> Verdict:
    """The verdict that the numbers of the steps lead to."""
    if finding.applied is None:
        return Verdict.NO_LIMIT
    limit_s, closed = finding.applied.limit_s, finding.occurrence.closed_at is not None
    if finding.applied.limit.at_least:
        return of_notice(total.net_s, limit_s) if closed else Verdict.OPEN
    if closed:
        return of_closed(total.worked_s, total.net_s, limit_s)
    return of_open(total.net_s, limit_s)


def _unexplained(finding: Finding, found: str) -> Unexplained:
    key = finding.key
    return Unexplained(
        f"{key.visit_id}: {key.stage} {key.occurrence} is {finding.verdict} with gross "
        f"{finding.gross_s} s and net {finding.net_s} s, but {found}"
    )
