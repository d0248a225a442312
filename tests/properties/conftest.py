"""The laws of timing as functions: each draws its own story from a generator and checks it.

Parts of the engine are called through their modules, so that a mutant is the one called.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from events.codec import canonical, encode
from events.envelope import Event
from events.outcomes import Alert, Outcome
from events.testing import MORNING, PORT, event
from events.vocabulary import Verdict
from timing import engine, holds, judge, memory, observation
from timing.engine import Rules, Step
from timing.findings import Findings, Key, Level
from timing.history import History
from timing.limits import Edition, Register
from timing.patience import DAY_S, Patience
from timing.stages import Shape
from timing.visits import ENTRIES, OPENERS

Law = Callable[[Random], None]
Story = list[Event]

LIMITS_MIN = {
    "box-move": 30, "in-yard-transfer": 30, "inspection-positioning": 30, "inspection": 60,
    "inspection-wait": 120, "unstuffing": 60, "restuffing": 60, "unstuffing-and-restuffing": 120,
    "pickup": 30, "pickup-paperwork": 15, "tally-report": 15, "customs-clearance": 120,
    "clearance-preparation": 240, "overall-clearance": 480, "collection": 240,
}  # fmt: skip
KINDS = (
    "arrived", "discharged", "gated-in", "declared", "declaration-accepted", "released",
    "truck-arrived", "gated-out", "move-ordered", "move-started", "move-ended",
    "transfer-started", "transfer-ended", "inspection-ordered", "positioned",
    "inspection-started", "inspection-ended", "unstuffing-started", "unstuffing-ended",
    "stuffing-started", "stuffing-ended", "tally-ended", "tally-reported", "clock-stopped",
    "clock-resumed", "clock-stopped", "clock-resumed", "documents-requested",
    "documents-supplied", "pickup-requested", "pickup-planned", "arrival-reported", "loaded",
    "departed",
)  # fmt: skip
"""Roughly in the order of the work; each kind has its half hour, give or take three hours."""
PARTIES = ("customs", "terminal", "consignee", "force-majeure", None)
PRECEDENCE = (
    "force-majeure", "customs", "consignee", "agent", "carrier", "rail", "third-party",
    "ground-handler", "terminal",
)  # fmt: skip


def _edition(factor: float) -> Edition:
    limits = [
        {"id": stage, "stage": stage, "kind": "duration", "within": f"PT{int(minutes * factor)}M"}
        for stage, minutes in LIMITS_MIN.items()
    ]
    words = dict.fromkeys(("edition", "title", "source", "issuer"), "t")
    own = {"status": "example", "port": PORT, "effective_from": "undated"}
    return Edition.model_validate({**words, **own, "limit": limits, "example": []})


RULES = Rules(Register((_edition(1),)), Patience())
LONGER = Rules(Register((_edition(1.5),)), Patience())
PUBLISHED = Rules()
START = int(MORNING.timestamp())
TWO_DAYS = range(START, START + 2 * DAY_S, 60)
END = START + 3 * DAY_S
END_AT = datetime.fromtimestamp(END, UTC)
FORMAL = datetime(2019, 7, 14, 16, tzinfo=UTC)
"""When the formal edition of Tianjin came into force: midnight there."""


def told(rng: Random, size: int = 18, port: str = PORT, start: datetime = MORNING) -> Story:
    """Reports of one box over two days in steps of three minutes, most of them in the order of
    the kinds above, so that stages open and close."""
    direction = rng.choice(("import", "import", "export", None))
    cargo = {"size_type": rng.choice(("22G1", "42G1")), "laden": rng.choice((True, False, None))}
    story: Story = []
    for n in range(rng.randint(2, size)):
        place = rng.randrange(len(KINDS))
        minutes = 3 * (place * 12 + rng.randint(0, 60)) if rng.random() < 0.7 else 0
        moment = start + timedelta(minutes=minutes or 3 * rng.randint(0, 900))
        fields: dict[str, Any] = {"party": rng.choice(PARTIES)}
        if story and rng.random() < 0.12:
            fields[rng.choice(("supersedes", "retracts"))] = rng.choice(story).event_id
        recorded = moment + timedelta(seconds=rng.randint(0, 900))
        story.append(
            event(
                KINDS[place], moment, event_id=f"e{n}", recorded_at=recorded, port=port,
                direction=direction, cargo=cargo, **fields,
            )
        )  # fmt: skip
    return story


def remembered(story: Story) -> History:
    first = story[0]
    empty = History(observation.unit_key(first), first.unit)
    return reduce(History.with_report, map(observation.observation_of, story), empty)


def judged(story: Story, watermark: int = END, rules: Rules = RULES) -> Findings:
    """All findings about a story, as known at a watermark."""
    return remembered(story).at(watermark, rules.law).findings(rules.law)


def content(story: Story) -> dict[Key, tuple[Any, ...]]:
    """What a story amounts to, but for what tells of how it came to be known."""
    return {
        key: (f.occurrence.segments, f.occurrence.closed_at, f.verdict, f.gross_s, f.net_s,
              f.applied, f.deadline_at, f.flags)
        for key, f in judged(story).by_key.items()
    }  # fmt: skip


def untouched(story: Story) -> Story:
    """The reports that correct nothing and are corrected by none."""
    touched = {e.supersedes for e in story} | {e.retracts for e in story}
    return [e for e in story if not (e.supersedes or e.retracts) and e.event_id not in touched]


def play(story: Story, watermarks: list[int]) -> list[Step]:
    """The steps of a stream: each report at its watermark, then time passes to the end."""
    steps: list[Step] = []
    known: History | None = None
    for heard, watermark in zip([*story, None], [*watermarks, END], strict=True):
        due_at = engine.next_deadline(known, RULES) if known else None
        if known is not None and due_at is not None and due_at <= watermark:
            steps.append(engine.elapse(known, watermark, RULES))
            known = steps[-1].history
        if heard is not None:
            steps.append(engine.observe(known, heard, RULES, watermark))
            known = steps[-1].history
    return steps


def stretches_of_a_chain_meet_and_sum_to_the_stay(rng: Random) -> None:
    found = judged(told(rng)).by_key.values()
    for visit_id in {f.key.visit_id for f in found}:
        chain = {
            f.key.stage: f for f in found
            if f.key.visit_id == visit_id and f.occurrence.stage.shape is Shape.CHAIN
        }.values()  # fmt: skip
        for one, following in pairwise(chain):
            assert one.occurrence.closed_at == following.occurrence.opened_at
        ends = [f.occurrence.closed_at for f in chain if f.occurrence.closed_at is not None]
        if ends:
            opened_at = next(iter(chain)).occurrence.opened_at
            assert sum(f.gross_s or 0 for f in chain) == ends[-1] - opened_at
            assert all((f.gross_s or 0) >= 0 for f in chain)
        for visit in [f.visit for f in chain if f.visit.traits.direction == "import"]:
            assert visit.closed_at is None or ends[-1] >= visit.closed_at


def parts_by_party_are_counted_once(rng: Random) -> None:
    """Minute by minute: who holds it, by the stated precedence; net is what nobody else holds."""
    for f in judged(told(rng)).by_key.values():
        mine = holds.stopping(holds.holds_in(f.visit.reports), f.occurrence.stage)
        minutes: dict[str, int] = {}
        for start, end in f.occurrence.segments:
            for minute in range(start, f.decided_at if end is None else end, 60):
                parties = [h.party for h in mine if h.start <= minute < (h.end or 2**62)]
                if parties:
                    first = min(parties, key=PRECEDENCE.index)
                    minutes[first] = minutes.get(first, 0) + 1
        assert {party: s // 60 for party, s in f.held} == minutes
        if f.gross_s is not None and f.net_s is not None:
            own = f.occurrence.stage.answers
            by_others = sum(n for party, n in minutes.items() if party != own)
            excused = minutes.get("force-majeure", 0) if own == "all" else by_others
            assert f.gross_s == f.net_s + 60 * excused
            assert 0 <= f.net_s <= f.gross_s


def a_closed_stage_is_judged_by_its_net_time(rng: Random) -> None:
    for f in judged(told(rng)).by_key.values():
        if f.applied and f.net_s is not None and f.gross_s is not None:
            limit_s = f.applied.limit_s
            assert (f.verdict is Verdict.BREACHED) == (f.net_s > limit_s)
            assert (f.verdict is Verdict.MET) == (f.gross_s <= limit_s)


def the_deadline_is_the_inverse_of_net_time(rng: Random) -> None:
    story = told(rng)
    now = rng.choice(TWO_DAYS)
    for key, f in judged(story, now).by_key.items():
        if f.occurrence.closed_at is not None or not f.applied:
            continue
        if f.deadline_at is None:
            assert judged(story, now + 9 * DAY_S).by_key[key].verdict is f.verdict is Verdict.OPEN
            continue
        assert judged(story, f.deadline_at + 1).by_key[key].verdict is Verdict.BREACHED
        if f.decided_at == f.deadline_at or f.verdict is Verdict.OPEN:
            assert judged(story, f.deadline_at).by_key[key].verdict is Verdict.OPEN


def the_timer_and_the_closer_agree_at_the_boundary(rng: Random) -> None:
    story = told(rng)
    for key, f in judged(story, START).by_key.items():
        if f.deadline_at is None or f.verdict is not Verdict.OPEN:
            continue
        for late_s, verdicts in ((0, {Verdict.MET, Verdict.EXCUSED}), (1, {Verdict.BREACHED})):
            end = f.deadline_at + late_s
            closer = event(
                min(f.occurrence.stage.closers), datetime.fromtimestamp(end, UTC), event_id="end"
            )
            closed = judged([*story, closer], end).by_key.get(key)
            if closed is not None and closed.occurrence.closed_at == end:
                assert closed.verdict in verdicts


def a_longer_limit_never_breaks_what_was_kept(rng: Random) -> None:
    story, now = told(rng), rng.choice(TWO_DAYS)
    longer = judged(story, now, LONGER).by_key
    for key, f in judged(story, now).by_key.items():
        if f.verdict is not Verdict.BREACHED:
            assert longer[key].verdict is not Verdict.BREACHED
        if f.verdict is Verdict.MET:
            assert longer[key].verdict is Verdict.MET


def people_are_told_once_and_nothing_else_than_the_verdicts(rng: Random) -> None:
    story = told(rng)
    standing: dict[str, set[str]] = {}
    for step in play(story, sorted(rng.choices(TWO_DAYS, k=len(story)))):
        for alert in step.alerts:
            _hear(alert, standing.setdefault(alert.alert_id.rpartition("/")[0], set()))
    for key, f in judged(story, END).by_key.items():
        cause = "/".join(map(str, key))
        breached = "breached" in standing.pop(cause, set())
        assert breached == (f.level is Level.BREACHED)
    assert not any("breached" in states for states in standing.values())


def _hear(alert: Alert, raised: set[str]) -> None:
    if alert.state in ("at-risk", "breached"):
        assert alert.state not in raised, "told twice"
        assert not (alert.state == "at-risk" and "breached" in raised), "less urgent than told"
        raised.add(alert.state)
    else:
        assert raised, "the end of what was never told"
        if alert.state == "retracted" or "breached" not in raised:
            raised.clear()


def a_history_survives_being_written_down(rng: Random) -> None:
    story = told(rng)
    far = START + rng.randint(0, 14) * DAY_S
    for step in play(story, sorted(rng.choice((0, START, far)) for _ in story)):
        if step.history is not None:
            again = memory.unpack(memory.pack(step.history))
            assert again == step.history
            assert engine.elapse(again, far, RULES) == engine.elapse(step.history, far, RULES)


def the_stream_comes_to_what_the_judge_says(rng: Random) -> None:
    story = told(rng)
    for old in rng.choices(story, k=rng.randint(0, 2)):
        later = timedelta(minutes=rng.randint(1, 90))
        moments = {"occurred_at": old.occurred_at + later, "recorded_at": END_AT + later}
        story.append(old.model_copy(update=moments))
    heard = story + rng.choices(story, k=rng.randint(0, 4))
    rng.shuffle(heard)
    published: dict[tuple[Any, ...], Outcome] = {}
    for step in play(heard, sorted(rng.choices(TWO_DAYS, k=len(heard)))):
        for o in step.outcomes:
            published[o.visit_id, o.stage, o.occurrence, o.limit and o.limit.id] = o
    lines = [canonical(o) for o in published.values() if o.verdict is not Verdict.VOID]
    now = END_AT + timedelta(seconds=RULES.patience.allowed_lateness_s)
    assert sorted(lines) == judge.judge(map(encode, story), RULES, now).lines()


def nothing_is_due_too_late_or_for_nothing(rng: Random) -> None:
    story = told(rng)
    watermark = rng.choice(TWO_DAYS)
    known = play(story, [0] * len(story))[-1].history
    known = engine.elapse(known, watermark, RULES).history if known else None
    due_at = engine.next_deadline(known, RULES) if known else None
    if known is None or due_at is None:
        return
    early = engine.elapse(known, due_at - 1, RULES)
    assert (early.outcomes, early.alerts, early.fates) == ((), (), ())
    assert early.history is not None
    assert early.history.reports == known.reports
    step = engine.elapse(known, due_at, RULES)
    rest = step.history.reports if step.history else ()
    assert step.outcomes or step.alerts or rest != known.reports


def a_closed_visit_can_be_corrected_for_a_week(rng: Random) -> None:
    story = told(rng)
    known = remembered(story)
    for visit in [v for v in judged(story).visits if v.closed_at is not None]:
        mine = {r.identity for r in visit.reports}
        last_s = max(r.occurred_at for r in visit.reports)
        for watermark, kept in ((last_s + 7 * DAY_S, mine), (last_s + 7 * DAY_S + 1, set())):
            rest = engine.elapse(known, watermark, RULES).history
            assert {r.identity for r in (rest.reports if rest else ())} & mine == kept


def forgetting_one_visit_changes_no_other(rng: Random) -> None:
    """Here a correction is dated as its target; one dated in another visit goes with that visit."""
    story = untouched(told(rng, size=60))
    for n, wrong in enumerate(rng.sample(story, k=len(story) // 5)):
        story.append(wrong.model_copy(update={"event_id": f"no{n}", "retracts": wrong.event_id}))
    for visit in judged(story).visits if story else ():
        known = remembered(story).at(visit.last_heard_at() + 8 * DAY_S, RULES.law)
        before, after = (h.findings(RULES.law) for h in (known, known.forgotten(RULES.law)))
        gone = {v.visit_id for v in before.visits} - {v.visit_id for v in after.visits}
        assert {k: f for k, f in before.by_key.items() if k.visit_id not in gone} == after.by_key


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
    retracting = wrong.model_copy(update={"event_id": "no", "retracts": wrong.event_id})
    assert content([*story, superseding]) == content([*without, right])
    assert content([*story, retracting]) == content(without)


def a_retracted_retraction_changes_nothing(rng: Random) -> None:
    story = told(rng)
    free = untouched(story)
    if not free:
        return
    wrong, second = rng.choice(free), timedelta(seconds=1)
    undo = {"event_id": "x1", "retracts": wrong.event_id, "recorded_at": END_AT}
    redo = {"event_id": "x2", "retracts": "x1", "recorded_at": END_AT + second}
    both = [wrong.model_copy(update=correction) for correction in (redo, undo)]
    assert content([*story, *both]) == content(story)


def the_later_content_of_an_event_stands(rng: Random) -> None:
    story = told(rng)
    old = rng.choice(story)
    moment = old.occurred_at + timedelta(minutes=3 * rng.randint(1, 30))
    new = old.model_copy(update={"occurred_at": moment, "recorded_at": END_AT})
    replaced = [new if e is old else e for e in story]
    assert content([*story, new]) == content(replaced)
    assert content([new, *story]) == content(replaced)


def nothing_waits_for_a_visit_that_came(rng: Random) -> None:
    story = told(rng)
    found = judged(story)
    kept = [e for e in story if found.visit_of[e.identity] is None]
    for visit in found.visits:
        for e in kept:
            waited_s = visit.opened_at - int(e.occurred_at.timestamp())
            assert not 0 <= waited_s <= RULES.patience.ahead_s


def a_box_enters_once_in_a_visit(rng: Random) -> None:
    for visit in judged(told(rng)).visits:
        entries = [r.occurred_at for r in visit.reports if r.kind in ENTRIES]
        assert all(entry - entries[0] < DAY_S for entry in entries)
        assert any(r.kind in OPENERS and r.occurred_at == visit.opened_at for r in visit.reports)


def no_work_stays_open_on_a_unit_that_left(rng: Random) -> None:
    for f in judged(told(rng)).by_key.values():
        if f.visit.closed_at is not None and not f.occurrence.stage.outlives_visit:
            assert f.occurrence.closed_at is not None


def the_edition_in_force_when_the_stage_began_judges(rng: Random) -> None:
    story = told(rng, port="CNTXG", start=FORMAL - timedelta(hours=12))
    now = int(FORMAL.timestamp()) + 2 * DAY_S
    for f in judged(story, now, PUBLISHED).by_key.values():
        if f.applied:
            trial = f.occurrence.opened_at < FORMAL.timestamp()
            assert f.applied.edition.endswith("trial") == trial


LAWS: dict[str, Law] = {
    name: part
    for name, part in list(globals().items())
    if getattr(part, "__annotations__", None) == {"rng": Random, "return": None}
}
"""Every function above that takes a generator and gives nothing back is a law."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests ask for the laws one by one, as `law`, or for all of them by name, as `laws`."""
    if "law" in metafunc.fixturenames:
        metafunc.parametrize("law", LAWS.values(), ids=LAWS.keys())
    if "laws" in metafunc.fixturenames:
        metafunc.parametrize("laws", [LAWS], ids=["laws"])
