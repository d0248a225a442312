"""A range of history judged again: every unit that was at these ports in a span, page by page.

What is done is noted behind each page, so that whoever was killed goes on from there; without a
note it begins anew and passes over what agrees already. The dry run only counts.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from events.outcomes import Because
from portclock.restating.months import touched
from portclock.restating.places import units_in
from portclock.restating.rounds import Bring, Rounds
from portclock.restating.settings import Bounds
from portclock.restating.settling import Pace, settle, some_of
from portclock.restating.suspects import Suspect
from portclock.restating.whole import Pair, Whole
from sinks.store import Store
from sinks.units import Span

NOTHING = "-"


class Range(NamedTuple):
    """Whose history is judged again, and why."""

    ports: tuple[str, ...]
    span: Span
    because: Because


class Cell(NamedTuple):
    """What outcomes of one stage under one limit were, and what they are to be."""

    port: str
    stage: str
    limit_id: str
    before: str
    after: str


@dataclass(slots=True)
class Effect:
    """What would change. `cells` counts outcomes, `units` those looked at."""

    units: int = 0
    differing: int = 0
    moved: int = 0
    months: set[str] = field(default_factory=set)
    cells: Counter[Cell] = field(default_factory=Counter)

    def add(self, whole: Whole) -> None:
        """Count one unit."""
        pairs = whole.differences()
        self.units += 1
        self.differing += bool(pairs)
        self.moved += whole.moved()
        self.months.update(touched(pairs, whole.until_s))
        self.cells.update(_cell(whole.port, pair) for pair in pairs)

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        cells = [{**cell._asdict(), "outcomes": n} for cell, n in sorted(self.cells.items())]
        return {
            "units": self.units,
            "differing": self.differing,
            "moved_events": self.moved,
            "months": sorted(self.months),
            "changes": cells,
        }


Told = Callable[[int], None]


def tried(bring: Bring, store: Store, wanted: Range, bounds: Bounds, told: Told) -> Effect:
    """What a restatement of the range would change; nothing is sent."""
    effect = Effect()
    for some in _by_port(store, wanted, {}, bounds.units_max):
        for whole in bring(some[0].port, [one.unit_id for one in some]).values():
            effect.add(whole)
        told(effect.units)
    return effect


def restated(rounds: Rounds, store: Store, wanted: Range, by: "Course") -> bool:
    """Have the range judged again. False if it was to end before."""
    done = 0
    for some in _by_port(store, wanted, by.notes.read(), by.bounds.units_max):
        if not settle(rounds, some, by.bounds, by.pace):
            return False
        by.notes.write(some[-1])
        done += len(some)
        by.told(done)
    by.notes.clear()
    return True


def _by_port(
    store: Store, wanted: Range, after: Mapping[str, str], most: int
) -> Iterator[list[Suspect]]:
    """Every unit of the range, some of one port at a time, behind the last one done there."""
    for port in wanted.ports:
        units = units_in(store, port, wanted.span, after.get(port, ""))
        yield from some_of((Suspect(port, id, None, wanted.because) for id in units), most)


class Notes:
    """How far a run has come, in a file of its own; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, run: str) -> None:
        self._file = folder / f"{run}.json" if folder else None

    def read(self) -> dict[str, str]:
        """By port the last unit that is done. A note that cannot be read counts as none."""
        if self._file is None or not self._file.is_file():
            return {}
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except ValueError:
            return {}
        return {str(port): str(unit) for port, unit in found.items()}

    def write(self, last: Suspect) -> None:
        """All units of its port up to this one are done."""
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps({**self.read(), last.port: last.unit_id}), encoding="utf-8")
        os.replace(beside, self._file)

    def clear(self) -> None:
        """The run is over."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Course:
    """How a run goes: its bounds, its pace, its notes, and who hears how many units are done."""

    bounds: Bounds
    pace: Pace
    notes: Notes
    told: Told


def _cell(port: str, pair: Pair) -> Cell:
    before, after = pair
    one = after or before
    assert one is not None, "a difference has a side"
    limit_id = one.limit.id if one.limit else ""
    verdicts = [side.verdict.value if side else NOTHING for side in pair]
    return Cell(port, one.stage, limit_id, *verdicts)


def ports_of(said: str | None, told: Iterable[str]) -> tuple[str, ...]:
    """The port that was asked for, else all of which anything was told."""
    return (said,) if said else tuple(told)
