"""Drafts, editions and drawn histories for the tests of what-if.

Ships inside the package, so that no test imports from another test. Must never say what is right.
"""

from random import Random
from typing import Any

from pydantic import TypeAdapter

from events.envelope import Event
from events.testing import PORT, event, wire
from timing.commitments.promise import Promise
from timing.editions import Edition
from timing.testing import edition, told, told_at_random, told_of_places

_PROMISES: TypeAdapter[tuple[Promise, ...]] = TypeAdapter(tuple[Promise, ...])


def promises(at_least: float) -> tuple[Promise, ...]:
    """A promise of every kind, about stages that stories have."""
    return _PROMISES.validate_python(
        [
            {"id": "moves", "words": "移位", "kind": "share", "of": "box-move",
             "at_least": at_least},
            {"id": "times", "words": "提箱", "kind": "percentile", "stage": "truck-turn",
             "points": [{"within": "PT1H", "at_least": at_least}]},
            {"id": "mean", "words": "平均", "kind": "mean", "stage": ["box-move", "inspection"],
             "at_most": "PT1H"},
            {"id": "blame", "words": "港方原因", "kind": "blame-share", "of": "box-move",
             "party": "terminal", "at_most": 1 - at_least},
            {"id": "calls", "words": "船舶", "kind": "bracket",
             "brackets": [{"teu_upto": 2, "within": "PT2H"}, {"teu_upto": 30, "within": "PT9H"}]},
            {"id": "rate", "words": "船时", "kind": "rate", "lifts": "per-call", "at_least": 2},
        ]
    )  # fmt: skip


def in_force(**more: Any) -> Edition:
    """An edition with limits and promises of every kind."""
    usual = {"edition": "here/1", "issuer": "here", "commitment": promises(0.5)}
    return edition().model_copy(update={**usual, **more})


def drafted(factor: float = 0.8, **more: Any) -> Edition:
    """A draft that would supersede it; `factor` makes its times longer."""
    usual = {"edition": "here/2", "issuer": "here", "supersedes": "here/1"}
    promised = {"commitment": promises(0.75)}
    return edition(factor).model_copy(update={**usual, **promised, **more})


def drawn(rng: Random, boxes: int = 6) -> list[Event]:
    """What was said of some boxes of a port, some of them of a ship, of its places, and of a box of
    another port."""
    story = told_of_places(rng) if rng.random() < 0.5 else []
    for number in range(boxes):
        tell = told_at_random if rng.random() < 0.3 else told
        mine = tell(rng, number=number)
        named = {"voyage": rng.choice(("V1", "V1", "V2")), "service": rng.choice((None, "班轮"))}
        for one in mine:
            own = {"event_id": f"{number}-{one.event_id}"}
            for name in ("supersedes", "retracts"):
                if getattr(one, name):
                    own[name] = f"{number}-{getattr(one, name)}"
            said = {**one.model_dump(mode="json", exclude_none=True), **own}
            if rng.random() < 0.9:
                said["refs"] = {k: v for k, v in named.items() if v}
            story.append(Event.model_validate(said))
    story += [
        event("gated-in", "09:00", unit="CSQU3054383", port="CNSHD", event_id="else"),
        event("move-ordered", "10:00", unit="CSQU3054383", port="CNSHD", event_id="else-2"),
        event("gated-in", "day+90 09:00", unit="CSQU3054383", port=PORT, event_id="later"),
    ]
    rng.shuffle(story)
    return story


def lines(story: list[Event]) -> list[bytes]:
    """The same as messages."""
    return wire(*story)
