"""Outcomes counted by stage and edition, and the table people read of it. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from events.outcomes import Outcome
from events.vocabulary import Verdict
from timing.stages import CHINESE

SHOWN = (
    (Verdict.MET, "met\n达标", "green"),
    (Verdict.BREACHED, "breached\n超时", "red"),
    (Verdict.EXCUSED, "excused\n免责", "cyan"),
    (Verdict.OPEN, "open\n进行中", "default"),
    (Verdict.NO_LIMIT, "no limit\n无时限", "dim"),
)


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
        counts = {verdict.value: self.verdicts[verdict] for verdict, _, _ in SHOWN}
        return {"stage": self.cell.stage, "edition": self.cell.edition or None, **counts}


def tally(outcomes: Iterable[Outcome]) -> list[Tally]:
    """One tally per stage and edition, by name; void outcomes do not count."""
    found: dict[Cell, Counter[Verdict]] = {}
    for outcome in outcomes:
        if outcome.verdict is not Verdict.VOID:
            cell = Cell(outcome.stage, outcome.limit.edition if outcome.limit else "")
            found.setdefault(cell, Counter())[outcome.verdict] += 1
    return [Tally(cell, found[cell]) for cell in sorted(found)]


def table(tallies: Iterable[Tally]) -> Table:
    """The tallies for people: a stage is named once, in both languages; a nought is a dot."""
    drawn = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("stage\n环节", "", "edition\n版本"):
        drawn.add_column(heading, no_wrap=True)
    for _, heading, _ in SHOWN:
        drawn.add_column(heading, justify="right")
    before = ""
    for row in tallies:
        named = row.cell.stage if row.cell.stage != before else ""
        before = row.cell.stage
        chinese = Text(CHINESE.get(named, ""), "cyan")
        drawn.add_row(named, chinese, Text(row.cell.edition or "-", "dim"), *_counts(row))
    return drawn


def _counts(row: Tally) -> list[Text]:
    found = [(row.verdicts[verdict], style) for verdict, _, style in SHOWN]
    return [Text(f"{n:,}", style) if n else Text("·", "dim") for n, style in found]
