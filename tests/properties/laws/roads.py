"""The short road comes to what the long road comes to, step by step: what is published, what people
are told, where reports belong, what is remembered and when to look again.

With the parts of an engine that each law must notice when they are broken.
"""

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import msgspec

from events.envelope import Event
from events.testing import MORNING
from events.vocabulary import Party, Verdict
from timing import (
    abridged,
    brief,
    differing,
    engine,
    memory,
    passage,
    remainder,
    retold,
    roles,
    running,
    shortcut,
    telling,
    underway,
)
from timing.brief import Brief, Detour
from timing.corrections import Standing, order
from timing.findings import Level, risk_s
from timing.history import History
from timing.instants import NEVER
from timing.passage import Passage
from timing.rules import Rules
from timing.running import SIZE, Live
from timing.stages import STAGES
from timing.step import Step
from timing.testing import (
    EVERYWHERE,
    PLAIN,
    PORTS,
    RULES,
    Story,
    suspended,
    told,
    told_at_random,
    told_of_places,
)
from timing.underway import Acts, UnderWay


def the_short_road_comes_to_what_the_long_road_comes_to(rng: Random) -> None:
    rules, story = _drawn(rng)
    known: History | None = None
    watermark = 0
    for heard in story:
        at = int(heard.occurred_at.timestamp())
        due_at = engine.next_deadline(known, rules) if known is not None else None
        if due_at is not None and due_at <= at and rng.random() < 0.5:
            watermark = max(watermark, due_at - rng.choice((0, 1)))
        else:
            watermark = max(watermark, at - rng.choice((0, 120, 3000)))
        if known is not None and due_at is not None and due_at - 1 <= watermark:
            known = _both(known, partial(_elapsed, rules, watermark))
        known = _both(known, partial(_observed, rules, watermark, heard))
        if known is not None and rng.random() < 0.1:
            form = memory.form_of(rules)
            known = memory.unpack(memory.pack(known, form), form)
        if known is not None and rng.random() < 0.05:
            rest = suspended(told_of_places(rng), rules)
            _none_or_both(known, partial(_reconsidered, rules, rest, watermark))


def _drawn(rng: Random) -> tuple[Rules, Story]:
    """A story mostly in order, and what judges it; sometimes work rested before or still does."""
    if rng.random() < 0.3:
        return PLAIN, _nearly_plain(rng)
    if rng.random() < 0.2:
        return PLAIN, _some_told_anew(rng, _back_again(rng))
    if rng.random() < 0.6:
        story, rules = told(rng), rng.choice((RULES, PLAIN, PLAIN))
        rules = suspended(told_of_places(rng), rules) if rng.random() < 0.4 else rules
    else:
        port = rng.choice(PORTS)
        draw = told if rng.random() < 0.5 else told_at_random
        story, rules = draw(rng, port=port), EVERYWHERE
    if rng.random() < 0.9:
        story.sort(key=lambda e: e.occurred_at)
    return rules, _some_told_anew(rng, story)


def _some_told_anew(rng: Random, story: Story) -> Story:
    """Now and then another content follows under an id that is known."""
    if rng.random() < 0.6:
        return story
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.randrange(len(story))
        one = story[place]
        later = timedelta(minutes=rng.choice((-1, 0, 1, 30)))
        other = one.model_copy(
            update={
                "occurred_at": one.occurred_at + timedelta(minutes=3 * rng.randint(-20, 20)),
                "recorded_at": (one.recorded_at or one.occurred_at) + later,
                "kind": one.kind if rng.random() < 0.8 else rng.choice(story).kind,
            }
        )
        story.insert(rng.randint(place + 1, len(story)), other)
    return story


def _nearly_plain(rng: Random) -> Story:
    """Nothing stops a clock and nothing is unpacked; some reports come late, and some correct."""
    story = [one for one in told(rng, size=30) if one.kind not in roles.DETOURS]
    late = (0, 0, 0, 0, 20, 120)
    came = [
        (one.occurred_at + timedelta(minutes=rng.choice(late)), n) for n, one in enumerate(story)
    ]
    return [story[n] for _, n in sorted(came)]


def _back_again(rng: Random) -> Story:
    """A box that has left is announced and comes again, within a week or so."""
    story = told(rng, size=30)
    back = told(rng, size=30, start=MORNING + timedelta(hours=rng.randint(12, 220)))
    story += [one.model_copy(update={"event_id": f"b{n}"}) for n, one in enumerate(back)]
    if rng.random() < 0.9:
        story.sort(key=lambda e: e.occurred_at)
    return [one for one in story if one.kind not in roles.DETOURS or rng.random() < 0.2]


def _elapsed(rules: Rules, watermark: int, known: History) -> Step:
    return engine.elapse(known, watermark, rules)


def _observed(rules: Rules, watermark: int, heard: Event, known: History | None) -> Step:
    return engine.observe(known, heard, rules, watermark)


def _reconsidered(then: Rules, now: Rules, watermark: int, known: History) -> Step:
    return engine.reconsider(known, then, now, watermark, "lyg-tos/s1")


def _none_or_both(known: History, go: Any) -> None:
    """What rests bears upon a visit the same by both roads; nothing is remembered of what it does
    not bear upon."""
    short: Step = go(known)
    if short.changes or short.moved:
        _both(known, go)
    else:
        assert not go(msgspec.structs.replace(known, live=None)).changes


def _both(known: History | None, go: Any) -> History | None:
    """Take both roads from here, and go on by the short one."""
    short: Step = go(known)
    long: Step = go(known and msgspec.structs.replace(known, live=None))
    for name in ("outcomes", "alerts", "fates"):
        assert _said(short, name) == _said(long, name), name
    assert (short.novelty, short.of is None) == (long.novelty, long.of is None)
    if short.outcomes:
        assert short.cause == long.cause
    if long.novelty in (engine.Novelty.DUPLICATE, engine.Novelty.LATE):
        return short.history
    assert _plain(short.history) == _plain(long.history)
    return short.history


def _said(step: Step, name: str) -> list[str]:
    try:
        return sorted(map(repr, getattr(step, name)))
    except Detour:
        raise AssertionError("refused when it was too late") from None


def _plain(known: History | None) -> Any:
    """A history, with what is under way in the order of the table of stages."""
    if known is None or known.live is None:
        return known
    live: Live = known.live
    running = (live.running[at : at + SIZE] for at in range(0, len(live.running), SIZE))
    sorted_out = msgspec.structs.replace(
        live, running=b"".join(sorted(running)), done=bytes(sorted(live.done))
    )
    return msgspec.structs.replace(known, live=sorted_out)


_limit, _part_of, _says, _exists = Brief.limit, roles.part_of, brief._said, roles.exists
_is_next, _by_now = shortcut._is_next, brief._by_now
_same, _in_short = differing._same, abridged.in_short


def always(said: object) -> Any:
    """A part that says one thing, whatever it is asked."""
    return lambda *_, **__: said


def broken_at_the_limit(worked_s: int, net_s: int, limit_s: int) -> Verdict:
    return Verdict.BREACHED if net_s >= limit_s else Verdict.MET


def calm_until_broken(net_s: int, limit_s: int, calm_s: int) -> Any:
    verdict, level = _by_now(net_s, limit_s, calm_s)
    return verdict, level if level is Level.BREACHED else Level.CALM


def at_risk_a_minute_late(limit_s: int, patience: Any) -> int:
    return risk_s(limit_s, patience) + 60


def all_to_the_first(occurrence: Any, gross: int, turns: Any) -> Any:
    return ((Party.CARRIER, gross),) if gross else ()


def at_the_facility_of_the_visit(self: Brief, stage: Any, start: int, facility: Any) -> Any:
    return _limit(self, stage, start, None)


def told_to_the_second(reports: Any) -> Any:
    return _says(reports)[0], ()


def plain_after_anything(kind: Any, mode: Any, direction: Any, laden: Any) -> Any:
    return msgspec.structs.replace(_part_of(kind, mode, direction, laden), barred=0, needed=0)


def laden_or_not(stage: Any, traits: Any) -> bool:
    return _exists(stage, traits._replace(laden=stage.laden))


def at_any_time(live: Any, report: Any, part: Any, patience: Any) -> bool:
    return _is_next(msgspec.structs.replace(live, last_at=0), report, part, patience)


def as_it_came(acts: Any) -> Any:
    return acts


def as_if_alone(occurrence: Any, due_at: int, level: int, at: Any, brief: Any) -> Any:
    return (*_in_short(occurrence, due_at, level, at, brief)[:4], 0, *([0] * 3))


def where_it_was(what: Any, where: Any) -> Any:
    return what


def away_for_ever(due_at: int, ahead: int, last_at: int, last_rank: int) -> Live:
    return running.away(NEVER, ahead, last_at, last_rank)


def the_latter(known: Any, other: Any) -> Any:
    return other


def nothing_differs(was: Any, now: Any, turned: Any, since: Any) -> bool:
    return was is not None and now is not None


def no_turn_matters(was: Any, now: Any, turned: Any, since: Any) -> bool:
    return _same(was, now, False, since)


def of_this_visit(self: Any, report: Any, part: Any) -> None:
    self.here = self.directed = True


def all_stands(reports: Any) -> Standing:
    return Standing(tuple(sorted(reports, key=order)), ())


def plain_everywhere(stay: Any, rules: Any) -> bytes:
    return roles.PLAIN


def all_booked(found: Any, visit: Any, where: Any) -> Any:
    return tuple(where[r.source, r.event_id] for r in visit.heard if r.kind is roles.APPOINTS)


NONE = (0,) * len(STAGES)
ALL_PLAIN = b"\x01" * len(STAGES)
NO_STAGE = (frozenset[str](),) * len(STAGES)
ROADS = the_short_road_comes_to_what_the_long_road_comes_to

MUTANTS = [
    (ROADS, brief, "of_closed", broken_at_the_limit),
    (ROADS, brief, "_by_now", calm_until_broken),
    (ROADS, brief, "risk_s", at_risk_a_minute_late),
    (ROADS, brief, "_split", all_to_the_first),
    (ROADS, brief, "_said", told_to_the_second),
    (ROADS, Brief, "limit", at_the_facility_of_the_visit),
    (ROADS, Brief, "may_lapse", always(False)),
    (ROADS, roles, "part_of", plain_after_anything),
    (ROADS, roles, "exists", laden_or_not),
    (ROADS, shortcut, "_is_next", at_any_time),
    (ROADS, shortcut, "_says_nothing_new", always(True)),
    (ROADS, abridged, "stated", always(True)),
    (ROADS, shortcut, "stated", always(True)),
    (ROADS, passage, "silent_until", always(NEVER)),
    (ROADS, shortcut, "_can_wait", always(True)),
    (ROADS, shortcut, "_as_if_at_once", as_it_came),
    (ROADS, underway, "earliest", always(NEVER)),
    (ROADS, underway, "odd", always(0)),
    (ROADS, UnderWay, "book", always(None)),
    (ROADS, underway, "BOOKED_NO", len(STAGES)),
    (ROADS, abridged, "_booked", always(())),
    (ROADS, abridged, "_booked", all_booked),
    (ROADS, retold, "_corrected", always(False)),
    (ROADS, telling, "_begin_alike", always(True)),
    (ROADS, passage, "PLAIN", ALL_PLAIN),
    (ROADS, underway, "SHOWS", NONE),
    (ROADS, underway, "CONCERNS", NONE),
    (ROADS, underway, "ASKED_OF", NO_STAGE),
    (ROADS, UnderWay, "stood_still", always(False)),
    (ROADS, Passage, "_leave", always(None)),
    (ROADS, Passage, "_hand_over", always(None)),
    (ROADS, Passage, "_anew", always(None)),
    (ROADS, Passage, "_show", always(None)),
    (ROADS, engine, "_bears_upon", always(False)),
    (ROADS, differing, "_same", nothing_differs),
    (ROADS, differing, "_same", no_turn_matters),
    (ROADS, differing, "alike", always(True)),
    (ROADS, telling, "PACKED", 0),
    (ROADS, telling, "STOPPED", 0),
    (ROADS, remainder, "STOPPED", 0),
    (ROADS, remainder, "_OVERTIME", 0),
    (ROADS, telling, "LINKED", frozenset[int]()),
    (ROADS, telling, "turns_written", always(b"")),
    (ROADS, retold, "held_until", always(0)),
    (ROADS, retold, "in_short", as_if_alone),
    (ROADS, differing, "otherwise_from", always(NEVER)),
    (ROADS, differing, "_moved", where_it_was),
    (ROADS, remainder.Remainder, "bears_upon", always(False)),
    (ROADS, remainder.Remainder, "leave", always(None)),
    (ROADS, telling.Retelling, "_hand_over", always(None)),
    (ROADS, retold, "merged", the_latter),
    (ROADS, shortcut, "_OF_THE_LAST", frozenset[str]()),
    (ROADS, shortcut, "_is_later", always(True)),
    (ROADS, shortcut, "away", away_for_ever),
    (ROADS, abridged, "away", away_for_ever),
    (ROADS, retold, "standing", all_stands),
    (ROADS, telling.Retelling, "_belongs", of_this_visit),
    (ROADS, Acts, "_fallen", always(())),
    (ROADS, brief, "_lapses", always(False)),
    (ROADS, passage, "plain_in", plain_everywhere),
    (ROADS, telling, "plain_in", plain_everywhere),
    (ROADS, abridged, "held_until", always(0)),
    (ROADS, abridged, "_fallen", always(())),
    (ROADS, abridged, "unshown", always([])),
    (ROADS, abridged, "odd", always(0)),
]
