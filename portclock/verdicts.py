"""Outcomes counted by stage and edition, and the table people read of it. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec
from rich.table import Table
from rich.text import Text

from events.outcomes import Outcome
from events.said import PlainLimit
from events.vocabulary import Verdict
from timing.stages import CHINESE

SHOWN = (
    (Verdict.MET, "met\n达标", "green"),
    (Verdict.BREACHED, "breached\n超时", "red"),
    (Verdict.EXCUSED, "excused\n免责", "cyan"),
    (Verdict.OPEN, "open\n进行中", "default"),
)
NO_EDITION = "measured, no limit covers it 无时限"


class Cell(NamedTuple):
    """One line of the table; `edition` is empty where no limit applies."""

    stage: str
    edition: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many outcomes of one stage under one edition have each verdict."""

    cell: Cell
    verdicts: Counter[Verdict]

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        words = [verdict for verdict in Verdict if verdict is not Verdict.VOID]
        counts = {verdict.value: self.verdicts[verdict] for verdict in words}
        return {"stage": self.cell.stage, "edition": self.cell.edition or None, **counts}


class Counted(msgspec.Struct, frozen=True, gc=False):
    """What is counted of an outcome; see Outcome."""

    stage: str
    verdict: Verdict
    limit: PlainLimit | None


counted: Final = msgspec.json.Decoder(Counted).decode
"""Read what is counted of a written outcome, at a twentieth of the price of its model."""


def tally(outcomes: Iterable[Outcome | Counted]) -> list[Tally]:
    """One tally per stage and edition, by name; void outcomes do not count."""
    found: dict[Cell, Counter[Verdict]] = {}
    for outcome in outcomes:
        if outcome.verdict is not Verdict.VOID:
            cell = Cell(outcome.stage, outcome.limit.edition if outcome.limit else "")
            found.setdefault(cell, Counter())[outcome.verdict] += 1
    return [Tally(cell, found[cell]) for cell in sorted(found)]


def table(tallies: Iterable[Tally]) -> Table:
    """The tallies for people, 80 columns wide: each stage with a limit, and below it its editions.

    Stages that no limit covers are one line at the end: they are measured, not judged.
    """
    drawn = Table(box=None, padding=(0, 1), header_style="dim")
    drawn.add_column("stage 环节\n  edition 版本", no_wrap=True)
    for heading in ("all\n合计", *(heading for _, heading, _ in SHOWN)):
        drawn.add_column(heading, justify="right", no_wrap=True)
    before, unjudged = "", 0
    for row in tallies:
        if not row.cell.edition:
            unjudged += row.verdicts.total()
            continue
        if row.cell.stage != before:
            before = row.cell.stage
            drawn.add_row(Text.assemble(before, " ", (CHINESE.get(before, ""), "cyan")))
        drawn.add_row(
            Text(f"  {row.cell.edition}", "dim"), f"{row.verdicts.total():,}", *_counts(row)
        )
    if unjudged:
        drawn.add_row(Text(NO_EDITION, "dim"), Text(f"{unjudged:,}", "dim"))
    return drawn


def _counts(row: Tally) -> list[Text]:
    found = [(row.verdicts[verdict], style) for verdict, _, style in SHOWN]
    return [Text(f"{n:,}", style) if n else Text("·", "dim") for n, style in found]
