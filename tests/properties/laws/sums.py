"""Sums: links of a chain to the stay, time by party to the gross, each minute counted once.

With the parts of an engine that each law must notice when they are broken.
"""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

from events.vocabulary import Party
from timing import case, dwell, findings, holds, occurrences, turns
from timing.findings import Finding, Findings
from timing.holds import Hold
from timing.instants import NEVER
from timing.occurrences import Occurrence, Segment
from timing.rules import Rules
from timing.stages import CHAINS, Chain, Stage
from timing.testing import END, RULES, judged, suspended, told, told_of_places
from timing.visits import Visit

PRECEDENCE = (
    "force-majeure", "customs", "consignee", "agent", "carrier", "rail", "third-party",
    "ground-handler", "terminal",
)  # fmt: skip


def links_of(chain: Chain, visit: Visit, found: Findings) -> tuple[list[Finding], list[Finding]]:
    """The links of a chain that a visit has, in order, and the whole of them."""
    mine = [f for f in found.by_key.values() if f.key.visit_id == visit.visit_id]
    links = [f for stage in chain.stages for f in mine if f.occurrence.stage is stage]
    return links, [f for f in mine if f.occurrence.stage is chain.whole]


def links_of_a_chain_meet_and_sum_to_the_stay(rng: Random) -> None:
    found = judged(told(rng))
    for visit in found.visits:
        for chain in CHAINS:
            links, wholes = links_of(chain, visit, found)
            for one, following in pairwise(links):
                assert one.occurrence.closed_at == following.occurrence.opened_at
            assert all(f.gross_s is None or f.gross_s >= 0 for f in links)
            for whole in wholes:
                assert links[0].occurrence.opened_at == whole.occurrence.opened_at
                assert links[-1].occurrence.closed_at == whole.occurrence.closed_at
                if whole.gross_s is not None:
                    assert sum(f.gross_s or 0 for f in links) == whole.gross_s


def rules_of(rng: Random) -> Rules:
    """With places that stand still, or without."""
    return suspended(told_of_places(rng)) if rng.random() < 0.5 else RULES


def holder(held: list[Hold], minute: int) -> str | None:
    """Who holds a minute, by the stated precedence; None: nobody."""
    parties = [h.party for h in held if h.start <= minute < (NEVER if h.end is None else h.end)]
    return min(parties, key=PRECEDENCE.index) if parties else None


def minutes_by_party(f: Finding, visit: Visit, rules: Rules) -> Counter[str]:
    """Minute by minute: who holds it; unheld, whose turn it is ("-")."""
    facility = f.occurrence.reports[0].facility or f.traits.facility
    closed = rules.closures.of(f.key.visit_id.partition("/")[0])
    everyone = (
        *holds.holds_in(visit.reports, visit.traits),
        *holds.suspending(closed, facility, f.traits),
    )
    return Counter(
        holder(stopping_at(minute, f.occurrence.stage, everyone, visit), minute) or "-"
        for start, end in f.occurrence.segments
        for minute in range(start, f.decided_at if end is None else end, 60)
    )


def stopping_at(minute: int, stage: Stage, everyone: tuple[Hold, ...], visit: Visit) -> list[Hold]:
    """What stops the clock of a stage, or, where all answer for it, of the one whose turn it is."""
    mine = list(holds.stopping(everyone, stage))
    if stage.answers == "all":
        turn = [one for since, one in turns._handovers(visit) if since <= minute][-1]
        mine += holds.stopping(everyone, turn)
    return mine


def time_held_is_counted_once_and_only_others_excuse(rng: Random) -> None:
    rules = rules_of(rng)
    found = judged(told(rng), END, rules)
    visits = {visit.visit_id: visit for visit in found.visits}
    for f in found.by_key.values():
        minutes = minutes_by_party(f, visits[f.key.visit_id], rules)
        assert {p: 60 * n for p, n in minutes.items() if p != "-"} == dict(f.held)
        if f.gross_s is None or f.net_s is None or f.split == ():
            continue
        own = f.occurrence.stage.answers
        by_others = sum(n for party, n in minutes.items() if party not in (own, "-"))
        excused_s = 60 * (minutes["force-majeure"] if own == "all" else by_others)
        if f.applied is None or f.applied.calendar.continuous:
            assert f.gross_s == f.net_s + excused_s
        assert 0 <= f.net_s <= f.gross_s - excused_s


def the_split_sums_to_the_gross_and_gives_each_its_own(rng: Random) -> None:
    rules = rules_of(rng)
    found = judged(told(rng), END, rules)
    visits = {visit.visit_id: visit for visit in found.visits}
    for f in found.by_key.values():
        split = dict(f.split)
        assert sum(split.values()) == (f.gross_s or 0)
        assert all(split.values())
        if f.gross_s is None:
            continue
        for party, held_s in f.held:
            assert split.get(party, 0) >= held_s
        if f.occurrence.stage.answers != "all":
            minutes = minutes_by_party(f, visits[f.key.visit_id], rules)
            own = Party(f.occurrence.stage.answers)
            assert split.get(own, 0) == 60 * (minutes["-"] + minutes[own])


def where_all_answer_each_has_the_links_that_are_its_own(rng: Random) -> None:
    """With no clock stopped, the split of the whole stay is that of its links."""
    found = judged([e for e in told(rng) if e.kind not in holds.HOLD_KINDS])
    for visit in found.visits:
        for chain in CHAINS:
            links, wholes = links_of(chain, visit, found)
            of_links: Counter[str] = Counter()
            for link in links:
                of_links.update(dict(link.split))
            for whole in wholes:
                assert whole.gross_s is None or dict(whole.split) == dict(of_links)


REVERSED = {party: -rank for party, rank in holds._RANK.items()}
_split_s, _suspending, _handovers = dwell.split_s, holds.suspending, turns._handovers


def excused_by_anybody(party: Any, answers: Any) -> bool:
    return True


def link_without_clamping(
    stage: Any, start: int, opener: Any, closer: Any, visit: Visit
) -> Occurrence:
    end = closer.occurred_at if closer else None
    segments = (Segment(opener.occurred_at, end),)
    return Occurrence(stage, 1, segments, end, (opener,))


def whole_of_the_last_link(chain: Chain, links: list[Occurrence]) -> Occurrence:
    last = links[-1]
    return Occurrence(chain.whole, 1, last.segments, last.closed_at, last.reports)


def split_without_holds(parts: Any, handed: Any, until: int) -> Any:
    return _split_s(tuple(p._replace(slices=()) for p in parts), handed, until)


def split_of_the_last_stretch(parts: Any, handed: Any, until: int) -> Any:
    return _split_s(parts[-1:], handed, until)


def held_time_in_both_hands(part: Any, handed: Any) -> Any:
    yield from part.slices
    yield from dwell._in_turn(part.segment.start, part.segment.end, handed)


def always_the_first_one_s_turn(visit: Visit) -> list[Any]:
    return _handovers(visit)[:1]


def everybody_a_turn_later(visit: Visit) -> list[Any]:
    found = _handovers(visit)
    return [(since, found[max(0, n - 1)][1]) for n, (since, _) in enumerate(found)]


def suspended_everywhere(suspensions: Any, facility: Any, traits: Any) -> Any:
    return _suspending(tuple(s._replace(facility=None) for s in suspensions), facility, traits)


MUTANTS = [
    (links_of_a_chain_meet_and_sum_to_the_stay, occurrences, "_link", link_without_clamping),
    (links_of_a_chain_meet_and_sum_to_the_stay, occurrences, "_whole", whole_of_the_last_link),
    (time_held_is_counted_once_and_only_others_excuse, holds, "_RANK", REVERSED),
    (time_held_is_counted_once_and_only_others_excuse, dwell, "excuses", excused_by_anybody),
    (time_held_is_counted_once_and_only_others_excuse, findings, "suspending",
     suspended_everywhere),
    (the_split_sums_to_the_gross_and_gives_each_its_own, case, "split_s", split_without_holds),
    (the_split_sums_to_the_gross_and_gives_each_its_own, case, "split_s",
     split_of_the_last_stretch),
    (the_split_sums_to_the_gross_and_gives_each_its_own, dwell, "_owned", held_time_in_both_hands),
    (where_all_answer_each_has_the_links_that_are_its_own, turns, "_handovers",
     always_the_first_one_s_turn),
    (where_all_answer_each_has_the_links_that_are_its_own, turns, "_handovers",
     everybody_a_turn_later),
]  # fmt: skip
