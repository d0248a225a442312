"""Corrections: what takes the place of what, whoever came first.

With the parts of an engine that each law must notice when they are broken.
"""

from datetime import timedelta
from random import Random
from typing import Any

from timing import corrections, findings, history
from timing.corrections import Standing, order
from timing.findings import Key
from timing.observation import Observation
from timing.testing import END_AT, Story, judged, told, withdrawn


def content(story: Story) -> dict[Key, tuple[Any, ...]]:
    """What a story amounts to, but for what tells of how it came to be known."""
    return {
        key: (f.occurrence.segments, f.occurrence.closed_at, f.verdict, f.gross_s, f.net_s,
              f.applied, f.deadline_at, f.flags, f.split)
        for key, f in judged(story).by_key.items()
    }  # fmt: skip


def untouched(story: Story) -> Story:
    """The reports that correct nothing and are corrected by none."""
    touched = {e.supersedes for e in story} | {e.retracts for e in story}
    return [e for e in story if not (e.supersedes or e.retracts) and e.event_id not in touched]


def superseding_is_replacing_and_retracting_is_removing(rng: Random) -> None:
    story = told(rng)
    free = untouched(story)
    if len(story) < 2 or not free:
        return
    wrong = rng.choice(free)
    without = [e for e in story if e is not wrong]
    moment = wrong.occurred_at + timedelta(minutes=3 * rng.randint(-30, 30))
    right = wrong.model_copy(update={"event_id": "right", "occurred_at": moment})
    superseding = right.model_copy(update={"supersedes": wrong.event_id})
    assert content([*story, superseding]) == content([*without, right])
    assert content([*story, withdrawn(wrong, "no")]) == content(without)


def a_retracted_retraction_changes_nothing(rng: Random) -> None:
    story = told(rng)
    free = untouched(story)
    if not free:
        return
    undo = withdrawn(rng.choice(free), "x1", recorded_at=END_AT)
    redo = withdrawn(undo, "x2", recorded_at=END_AT + timedelta(seconds=1))
    assert content([*story, redo, undo]) == content(story)


def the_later_content_of_an_event_stands(rng: Random) -> None:
    story = told(rng)
    old = rng.choice(story)
    moment = old.occurred_at + timedelta(minutes=3 * rng.randint(1, 30))
    new = old.model_copy(update={"occurred_at": moment, "recorded_at": END_AT})
    replaced = [new if e is old else e for e in story]
    assert content([*story, new]) == content(replaced)
    assert content([new, *story]) == content(replaced)


def last_come_stands(known: Observation, other: Observation) -> Observation:
    return other


def everything_stands(reports: Any) -> Standing:
    return Standing(tuple(sorted((r for r in reports if not r.said.retracts), key=order)), ())


def every_correction_counts(some: list[Observation]) -> frozenset[Any]:
    return frozenset(report.corrects for report in some if report.corrects)


MUTANTS = [
    (superseding_is_replacing_and_retracting_is_removing, findings, "standing", everything_stands),
    (a_retracted_retraction_changes_nothing, corrections, "_void", every_correction_counts),
    (the_later_content_of_an_event_stands, history, "merged", last_come_stands),
]
