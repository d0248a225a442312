"""Any road: however partitions are read, wherever workers die or are interrupted, and in whatever
order suspensions and their copies come, the outcomes are the judge's."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.envelope import Event
from events.outcomes import Because, EventFate, Outcome
from events.testing import MORNING, at, box, event, told, wire
from events.topics import EVENT_FATES, STAGE_DWELLS
from events.vocabulary import Cause
from streams.law import TimingLaw
from streams.tables import is_doubt, is_place
from streams.testing import PHASES, Roads, SmallLaw, about
from streams.timekeeper import Bounds
from timing.judge import judge
from timing.rules import Rules

PARTITIONS = 3
BOUNDS = Bounds(PARTITIONS, 2, 2, 8, 10, 5)
"""Three partitions, steps of two units and a cache of two, so that every bound is met."""

PORT = "CNSHD"

Move = tuple[int, int, int | None, str]
"""Which of the partitions with records, how many records, and where the run is broken off."""

_MOVES = st.lists(
    st.tuples(
        st.integers(0, 99),
        st.integers(1, 7),
        st.one_of(st.none(), st.integers(0, 5)),
        st.sampled_from(PHASES),
    ),
    max_size=40,
)


def _travel(roads: Roads, moves: list[Move]) -> None:
    for choice, records, step, phase in moves:
        waiting = roads.unread()
        if waiting:
            roads.read(waiting[choice % len(waiting)], records, step, phase)
    roads.drain()
    roads.tick(at("day+1 09:00"))  # Ticks go on, and with the next one nothing is left in doubt.
    roads.drain()
    assert not any(map(is_doubt, _keys(roads)))


def _keys(roads: Roads) -> list[str]:
    return [key for part in roads.parts.values() for key in part.rows]


@settings(max_examples=150, deadline=None)
@given(_MOVES)
def test_any_road_leaves_what_the_small_law_says_of_the_whole_set(moves: list[Move]) -> None:
    roads = Roads(SmallLaw(), BOUNDS)
    units = [box(n) for n in range(9)]
    for unit in units:
        roads.send(event("move-ordered", "09:00", unit=unit, port=PORT, event_id="e1"))
    roads.send(about(PORT, "suspension-declared", "09:30", port=PORT, event_id="s1"))
    for unit in units[::2]:
        roads.send(event("declared", "10:00", unit=unit, port=PORT, event_id="exempt-1"))
    roads.send(about("LPCT", "suspension-declared", "10:30", port=PORT, event_id="s2"))
    roads.send(about(PORT, "suspension-declared", "11:00", port=PORT, event_id="r1", retracts="s1"))
    roads.send(about(PORT, "suspension-declared", "11:30", port=PORT, event_id="s3"))
    _travel(roads, moves)

    expected = {unit: () if unit in units[::2] else ("s2", "s3") for unit in units}
    said = map(Outcome.model_validate_json, roads.outcomes())
    assert {outcome.unit.id: outcome.flags for outcome in said} == expected
    rows = {n: sum(map(is_place, part.rows)) for n, part in roads.parts.items()}
    assert rows == dict.fromkeys(range(PARTITIONS), 2)


def _visits() -> list[Event]:
    """Boxes of every partition, some of which stay, and one at another port."""
    facts: list[Event] = []
    for n in range(6):
        port = "CNSHG" if n == 5 else PORT
        facts += told(
            "09:00 discharged", "10:00 move-ordered", "14:50 move-ended",
            "15:30 unstuffing-started", "19:30 unstuffing-ended", "21:00 gated-out",
            unit=box(n), ids=f"t{n}-", port=port,
        )[: 4 + n % 3]  # fmt: skip
        if (
            n % 2
        ):  # Of two feeds each knows another beginning: which is read first, opens the visit.
            facts += told("08:10 rail-unloaded", unit=box(n), ids=f"r{n}-", port=port)
        facts += told(
            "09:30 declared", "09:40 inspection-ordered", "13:00 positioned", "18:00 released",
            unit=box(n), ids=f"c{n}-", port=port,
        )  # fmt: skip
    return facts


def _said(place: str, kind: str, when: str, **fields: Any) -> Event:
    return about(place, kind, when, port=PORT, **fields)


def _storms() -> list[Event]:
    """A storm declared four hours late, an hour's stop of the terminal that proves to be a mistake,
    a correction of when the storm began, and a gale that stops only the unstuffing."""
    return [
        _said(PORT, "suspension-declared", "10:20", event_id="storm", recorded_at=at("14:30")),
        _said(PORT, "suspension-lifted", "14:20", event_id="calm", recorded_at=at("15:00")),
        _said("LPCT", "suspension-declared", "15:40", event_id="stop"),
        _said("LPCT", "suspension-declared", "16:40", event_id="no", retracts="stop"),
        _said(
            PORT,
            "suspension-declared",
            "10:05",
            event_id="storm-2",
            recorded_at=at("17:00"),
            supersedes="storm",
        ),
        _said(
            PORT, "suspension-declared", "18:30", event_id="gale", scope={"stages": ["unstuffing"]}
        ),
    ]


_SCOPES: list[dict[str, list[str]] | None] = [
    None, None, {"stages": ["box-move"]}, {"modes": ["water"]}, {"categories": ["reefer"]},
]  # fmt: skip


@st.composite
def _weather(draw: st.DrawFn) -> list[Event]:
    """Suspensions of the port and its terminal, lifted, withdrawn and corrected at random."""
    said: list[Event] = []
    for n in range(draw(st.integers(1, 6))):
        begun = MORNING + timedelta(minutes=30 * draw(st.integers(0, 28)))
        earlier = draw(st.sampled_from([None, None, None, *range(n)]))
        corrects = draw(st.sampled_from(["retracts", "supersedes"]))
        said.append(
            about(
                draw(st.sampled_from([PORT, "LPCT"])),
                draw(st.sampled_from(["suspension-declared", "suspension-lifted"])),
                begun,
                port=PORT,
                event_id=f"w{n}",
                recorded_at=begun + timedelta(minutes=draw(st.integers(0, 300))),
                scope=draw(st.sampled_from(_SCOPES)),
                **({} if earlier is None else {corrects: f"w{earlier}"}),
            )
        )
    return said


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.just(_storms()), _weather()),
    _MOVES,
    st.one_of(st.none(), st.randoms(use_true_random=False)),
)
def test_any_road_leaves_what_the_judge_says_of_the_whole_set(
    storms: list[Event], moves: list[Move], chance: Any
) -> None:
    """Told as it was recorded, with ticks between, or in no order at all."""
    rules = Rules()
    story = sorted([*_visits(), *storms], key=lambda fact: fact.recorded_at or fact.occurred_at)
    judgement = judge(wire(*story), rules, at("day+1 09:00"))
    if chance:
        chance.shuffle(story)
    roads = Roads(TimingLaw(rules), BOUNDS)
    for number, fact in enumerate(story):
        roads.send(fact)
        if not chance and number % 9 == 8:
            roads.tick(fact.recorded_at or fact.occurred_at)
    roads.tick(at("day+1 09:00"))
    _travel(roads, moves)

    assert roads.outcomes() == judgement.lines()
    fates = map(EventFate.model_validate_json, roads.said(EVENT_FATES.name))
    assert {_name(fate): fate for fate in fates} == {_name(fate): fate for fate in judgement.fates}


def _name(fate: EventFate) -> tuple[str, str]:
    return fate.source, fate.event_id


def test_an_outcome_says_which_suspension_brought_it_about_in_every_partition() -> None:
    roads = Roads(TimingLaw(Rules()), BOUNDS)
    units = [box(n) for n in range(9)]
    for unit in units:
        for fact in told("09:00 discharged", "10:00 move-ordered", unit=unit, port=PORT):
            roads.send(fact)
    roads.tick(at("11:30"))
    roads.drain()
    before = len(roads.words)
    roads.send(about(PORT, "suspension-declared", "10:10", port=PORT, event_id="storm"))
    roads.drain()

    words = [word for word in roads.words[before:] if word.topic == STAGE_DWELLS.name]
    said = [Outcome.model_validate_json(word.value or b"") for word in words]
    assert {outcome.unit.id for outcome in said} == set(units)
    because = Because(what=Cause.SUSPENSION, id="lyg-tos/storm")
    assert {outcome.cause for outcome in said} == {because}


def test_the_storms_matter() -> None:
    """The tests above would prove nothing if no suspension touched a unit."""
    now, visits = at("day+1 09:00"), _visits()
    stormy, calm = (judge(wire(*told), Rules(), now) for told in (visits + _storms(), visits))

    assert stormy.lines() != calm.lines()
    assert any(b"force-majeure" in line for line in stormy.lines())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 40), max_size=30), st.randoms(use_true_random=False))
def test_any_cutting_of_the_log_leaves_the_same_words_and_the_same_table(
    cuts: list[int], chance: Any
) -> None:
    """Read in one order, whole or in pieces: every word on every topic, and every byte of every row
    and clock. With reports out of order and repeated; of places the tests above speak, since their
    copies join the log as they are read. In which order the outcomes of one report are told is
    left open: they are of different stages."""
    story = _visits()
    story += chance.choices(story, k=10)
    chance.shuffle(story)
    whole, cut = (_told(story, pieces) for pieces in ([], cuts))

    assert _by_place(cut) == _by_place(whole)
    assert cut.outcomes() == whole.outcomes()
    assert dict(cut.parts) == dict(whole.parts)
    assert cut.endings() == whole.endings()


def _told(story: list[Event], cuts: list[int]) -> Roads:
    """What a worker makes of a story that is read partition by partition, in runs of such sizes."""
    roads = Roads(TimingLaw(Rules()), BOUNDS)
    sizes = iter(cuts)
    for fact in story:
        roads.send(fact)
    roads.tick(at("day+1 09:00"))
    while waiting := roads.unread():
        last = len(roads.logs[waiting[0]]) - roads.positions.get(waiting[0], 0)
        roads.read(waiting[0], min(next(sizes, last), last))
    return roads


def _by_place(roads: Roads) -> Counter[tuple[str, int, bytes | None, bytes | None]]:
    """How often each word stands in each partition of each topic."""
    return Counter((word.topic, word.partition, word.key, word.value) for word in roads.words)


def test_a_visit_that_only_a_dead_worker_saw_is_taken_back() -> None:
    """Its report opened the visit at nine; the successor reads first that it began at eight."""
    story = told("09:00 discharged", ids="t-") + told("08:00 rail-unloaded", ids="r-")
    roads = Roads(TimingLaw(Rules()), BOUNDS)
    for fact in story:
        roads.send(fact)
    trains, ships = roads.unread()
    roads.read(ships, 1, 0, "said")
    ghost = [Outcome.model_validate_json(value).visit_id for value in roads.said("stage-dwells")]
    roads.read(trains, 1)
    roads.drain()
    roads.tick(at("09:30"))
    roads.drain()

    assert roads.outcomes() == judge(wire(*story), Rules(), at("09:30")).lines()
    assert not any(visit in line.decode() for line in roads.outcomes() for visit in ghost)
