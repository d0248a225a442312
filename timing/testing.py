"""Stories of boxes drawn at random, an edition with limits of every kind, and plain ways of judging
both: for the tests of the law.

Ships inside the package, so that no test imports from another test. Whoever draws brings the
generator; the same generator draws the same. Must never say what is right: laws do.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from random import Random
from typing import Any, NamedTuple

from events.codec import canonical
from events.envelope import Event, Unit
from events.outcomes import Outcome
from events.testing import FACILITY, MORNING, PORT, box, event, suspension
from events.vocabulary import SUSPENSIONS, Kind, UnitType, Verdict
from timing import engine
from timing.editions import Edition
from timing.findings import Findings
from timing.history import History
from timing.limits import PUBLISHED, Register, load_register
from timing.observation import observation_of, unit_key
from timing.patience import DAY_S
from timing.places import closures_of
from timing.rules import Rules
from timing.step import Step

Story = list[Event]

SAMPLES = PUBLISHED.parent / "samples"
OTHER_FACILITY = "LPT2"
START = int(MORNING.timestamp())
TWO_DAYS = range(START, START + 2 * DAY_S, 60)
END = START + 6 * DAY_S
END_AT = datetime.fromtimestamp(END, UTC)
UNIT_KINDS = tuple(kind for kind in Kind if kind not in SUSPENSIONS)


class Course(NamedTuple):
    """What is done to a unit on its way through the port, in the order of the work."""

    direction: str | None
    mode: str
    kinds: tuple[str, ...]


_IMPORT = Course("import", "water", (
    "manifest-declared", "arrived", "discharged", "tally-ended", "tally-reported",
    "transfer-ordered", "transfer-started", "transfer-ended", "declared", "declaration-accepted",
    "inspection-ordered", "inspection-scheduled", "move-ordered", "move-started", "move-ended",
    "inspection-scheduled", "positioned", "inspection-started", "unstuffing-started",
    "unstuffing-ended", "lab-sampled", "inspection-ended", "stuffing-started", "stuffing-ended",
    "conditionally-released", "released", "pickup-requested", "pickup-planned", "truck-arrived",
    "gated-out", "truck-departed", "lab-result",
))  # fmt: skip
_EXPORT = Course("export", "water", (
    "declared", "truck-arrived", "gated-in", "truck-departed", "arrival-reported",
    "declaration-accepted", "move-ordered", "move-started", "move-ended", "inspection-ordered",
    "positioned", "inspection-started", "inspection-ended", "released", "tally-ended", "loaded",
    "tally-reported", "departed",
))  # fmt: skip
_TRANSHIPMENT = Course("transhipment", "water", (
    "arrived", "discharged", "move-started", "move-ended", "transfer-started", "gated-out",
    "gated-in", "transfer-ended", "loaded", "departed",
))  # fmt: skip
_RAIL = Course("import", "rail", (
    "declaration-accepted", "arrived", "rail-unloaded", "move-ordered", "move-ended", "released",
    "loaded", "departed",
))  # fmt: skip
_TO_RAIL = Course("import", "water", (
    "arrived", "discharged", "declaration-accepted", "released", "rail-loaded",
))  # fmt: skip
_AIR = Course("import", "air", (
    "manifest-declared", "arrived", "air-unloaded", "ramp-transferred", "tally-ended", "stored",
    "declaration-accepted", "documents-requested", "documents-supplied", "released",
    "truck-arrived", "gated-out", "truck-departed",
))  # fmt: skip
_UNSAID = Course(None, "water", (
    "truck-arrived", "gated-in", "inspection-started", "clock-stopped", "clock-resumed",
    "inspection-ended", "truck-arrived", "truck-departed", "truck-arrived", "gated-out",
))  # fmt: skip
_UNPACKED = Course("import", "water", (
    "discharged", "inspection-ordered", "positioned", "inspection-started", "unstuffing-started",
    "unstuffing-ended", "inspection-ended", "stuffing-started", "stuffing-ended",
    "unstuffing-started", "unstuffing-ended", "stuffing-started",
))  # fmt: skip
_AFTER_HOURS = Course("import", "water", (
    "arrived", "discharged", "declaration-accepted", "overtime-booked", "documents-requested",
    "documents-supplied", "released",
))  # fmt: skip
COURSES = (_IMPORT, _IMPORT, _IMPORT, _EXPORT, _EXPORT, _TRANSHIPMENT, _RAIL, _TO_RAIL, _AIR,
           _UNSAID, _UNPACKED, _UNPACKED, _AFTER_HOURS)  # fmt: skip
STOPPING = ("clock-stopped", "clock-resumed", "clock-stopped", "clock-resumed",
            "documents-requested", "documents-supplied", "detained", "overtime-booked")  # fmt: skip
DIRECTIONS = ("import", "export", "transhipment", None)
PARTIES = ("customs", "terminal", "consignee", "force-majeure", None)
PAUSES_MIN = (0, 3, 3, 9, 9, 15, 15, 27, 30, 60, 120, 480)
SCOPES: tuple[dict[str, Any] | None, ...] = (
    None, None, {"stages": ["pickup"]}, {"stages": ["box-move", "release-time"]},
    {"categories": ["perishable"]}, {"modes": ["water"]},
)  # fmt: skip


class _Teller:
    """One unit's story in the making: what is known of the unit, and how its feed writes."""

    def __init__(self, rng: Random, course: Course, port: str, number: int) -> None:
        self.rng, self.port, self.number = rng, port, number
        self.story: Story = []
        self.said: dict[str, Any] = {
            "direction": course.direction if rng.random() < 0.9 else None,
            "journey_s": rng.choice((None, None, 2 * 3600, 9 * 3600)),
        }
        self.mode = course.mode
        self.cargo = {
            "size_type": rng.choice(("22G1", "42G1", "L5G1", None)),
            "laden": rng.choice((True, True, False, None)),
            "category": rng.choice(("general", "perishable", "dangerous", None)),
            "weight_kg": rng.choice((900, 1700, 24_000, None)),
        }
        self.mute = rng.random() < 0.2

    def tell(self, kind: str, moment: datetime, **more: Any) -> None:
        """One report; a mute feed leaves out now and then what it knows of the unit."""
        rng, said = self.rng, {**self.said, **more}
        if self.mute and rng.random() < 0.5:
            said = {**more, "direction": None}
        if kind in ("inspection-scheduled", "overtime-booked"):
            said["at"] = moment + timedelta(minutes=rng.choice((15, 60, 120)))
            said["until"] = said["at"] + timedelta(hours=3)
        if kind in STOPPING:
            said["party"] = rng.choice(PARTIES)
            said["scope"] = rng.choice((None, None, None, *SCOPES[2:4]))
        fields = {
            "event_id": f"e{len(self.story)}",
            "recorded_at": moment + timedelta(seconds=rng.randint(0, 900)),
            "mode": "road" if kind.startswith(("truck", "gated")) else self.mode,
            "cargo": None if self.mute and rng.random() < 0.5 else self.cargo,
            "facility": rng.choice((FACILITY, FACILITY, FACILITY, OTHER_FACILITY, None)),
            "precision": rng.choice(("second", "second", "second", "minute")),
        }
        self.story.append(
            event(kind, moment, unit=box(self.number), port=self.port, **{**fields, **said})
        )

    def correct(self) -> None:
        """Take back, or tell anew, a report told before."""
        wrong = self.rng.choice(self.story)
        how = self.rng.choice(("supersedes", "retracts"))
        moment = wrong.occurred_at + timedelta(minutes=3 * self.rng.randint(-20, 20))
        kind = wrong.kind if self.rng.random() < 0.7 else self.rng.choice(UNIT_KINDS)
        self.tell(kind, moment, **{how: wrong.event_id})


def told(
    rng: Random,
    size: int = 20,
    port: str = PORT,
    start: datetime = MORNING,
    number: int = 0,
) -> Story:
    """Reports of one box over about two days, on whole minutes: a course with gaps in it, things
    that stop a clock, a few reports at any time, some corrections; now and then the box comes back.
    Nearly in order, and repeating no identity."""
    course = rng.choice(COURSES)
    teller = _Teller(rng, course, port, number)
    moments = _moments(rng, course, start)
    if rng.random() < 0.15:
        moments += _moments(rng, rng.choice(COURSES), start + timedelta(hours=rng.randint(20, 40)))
    until = rng.choice((size, 2 * size, rng.randint(2, size)))
    for kind, moment in moments[:until]:
        teller.tell(kind, moment)
        if rng.random() < 0.06:
            teller.correct()
    return teller.story


def _moments(rng: Random, course: Course, start: datetime) -> list[tuple[str, datetime]]:
    found: list[tuple[str, datetime]] = []
    kept, moment = rng.choice((0.6, 0.8, 0.95)), start
    stopping, stray = rng.choice((0, 0.08)), rng.choice((0, 0.1))
    for kind in course.kinds:
        if rng.random() < kept:
            found.append((kind, moment))
            moment += timedelta(minutes=rng.choice(PAUSES_MIN))
        if rng.random() < stopping:
            found.append((rng.choice(STOPPING), moment))
            moment += timedelta(minutes=rng.choice(PAUSES_MIN))
        if rng.random() < stray:
            late = start + timedelta(minutes=3 * rng.randint(0, 900))
            found.append((rng.choice(UNIT_KINDS), late if rng.random() < 0.5 else moment))
    return found or [("arrived", start)]


def told_of_places(rng: Random, most: int = 3) -> Story:
    """Suspensions of the port or of a facility in it: declared, mostly lifted, some withdrawn."""
    story: Story = []
    for n in range(rng.randint(1, most)):
        begin = MORNING + timedelta(minutes=3 * rng.randint(0, 700))
        rest = suspension(
            "08:00", rng.choice((None, "09:00", "09:00")), ids=f"s{n}-",
            place=rng.choice((PORT, PORT, FACILITY, OTHER_FACILITY)), scope=rng.choice(SCOPES),
        )  # fmt: skip
        lasts = timedelta(minutes=3 * rng.randint(0, 200))
        for one, moment in zip(rest, (begin, begin + lasts), strict=False):
            recorded = moment + timedelta(minutes=rng.choice((0, 0, 30, 600)))
            story.append(one.model_copy(update={"occurred_at": moment, "recorded_at": recorded}))
        if rng.random() < 0.3:
            story.append(withdrawn(rng.choice(story), f"s{n}-no"))
    return story


def withdrawn(wrong: Event, event_id: str, **fields: Any) -> Event:
    """The retraction of a report, recorded a minute later; `fields` say more."""
    recorded = (wrong.recorded_at or wrong.occurred_at) + timedelta(minutes=1)
    usual = {"event_id": event_id, "retracts": wrong.event_id, "recorded_at": recorded}
    return wrong.model_copy(update={**usual, **fields})


_WITHIN_MIN = {
    "in-yard-transfer": 30, "inspection": 60, "inspection-wait": 120, "unstuffing": 60,
    "pickup": 30, "pickup-paperwork": 15, "empty-return": 30, "delivery": 30, "truck-turn": 60,
    "tally-report": 15, "lab-test": 600, "clearance-preparation": 240, "overall-clearance": 480,
    "collection": 240, "unloading": 60, "post-release": 240, "departure": 120, "transhipment": 600,
    "water-to-rail": 480, "rail-to-water": 480, "air-unload-and-transfer": 60, "air-tally": 60,
}  # fmt: skip


def edition(factor: float = 1) -> Edition:
    """An edition with limits of every kind that judges one unit; `factor` makes times longer."""

    def time(minutes: int) -> str:
        return f"PT{int(minutes * factor)}M"

    storm = {"reason": "storm", "from": "2026-03-03", "within": time(90)}
    transfer, *others = _plain(time)
    return _edition([{**transfer, "override": [storm]}, *others, *_special(time)])


def plain_edition() -> Edition:
    """An edition that asks for nothing but when a stage began and ended, and at which facility."""

    def time(minutes: int) -> str:
        return f"PT{minutes}M"

    move = {"id": "box-move", "stage": "box-move", "kind": "duration", "within": time(30)}
    order = {"id": "order", "stage": "inspection-positioning", "kind": "duration"}
    return _edition([*_plain(time), move, {**order, "within": time(30)}])


def _edition(limits: list[dict[str, Any]]) -> Edition:
    words = dict.fromkeys(("edition", "title", "source", "issuer"), "t")
    own = {"status": "example", "port": PORT, "effective_from": "undated"}
    time_of = {"hours": [["00:00", "03:00"], ["08:30", "12:00"], ["14:00", "18:00"]]}
    counters = [
        {"id": "counter", "days": "china", "overtime": True, **time_of},
        {"id": "shifts", "days": "all", "hours": [["08:00", "11:00"], ["20:00", "26:00"]]},
    ]
    return Edition.model_validate({**words, **own, "limit": limits, "working_time": counters})


def _plain(time: Callable[[int], str]) -> list[dict[str, Any]]:
    scopes = {"tally-report": {"facilities": [FACILITY]}}
    return [
        {"id": stage, "stage": stage, "kind": "duration", "within": time(minutes)}
        | scopes.get(stage, {})
        for stage, minutes in _WITHIN_MIN.items()
    ]


def _special(time: Callable[[int], str]) -> list[dict[str, Any]]:
    lead = {"kind": "lead-time", "lead": "PT30M", "categories": ["general", "dangerous"]}
    half = {"kind": "half-day", "categories": ["perishable"], "calendar": "counter",
            "due": [{"until": "12:00", "by": "16:00"}]}  # fmt: skip
    by_size = {"20": time(60), "40": time(90)}
    steps = {"within": time(30), "up_to_kg": 1000, "step": time(10), "step_kg": 500}
    limits: dict[str, dict[str, Any]] = {
        "inspection-positioning": lead,
        "inspection-positioning/2": half,
        "box-move": {"kind": "duration", "within": time(30)},
        "box-move/2": {"kind": "duration", "within": time(60), "calendar": "shifts"},
        "restuffing": {"kind": "duration-by-size", "within_by_size": by_size},
        "unstuffing-and-restuffing": {
            "kind": "duration-per-teu", "within": time(90), "teu": {"20": 1, "40": 2},
        },
        "customs-clearance": {"kind": "duration", "within": time(120), "calendar": "counter"},
        "air-storage": {"kind": "duration-by-weight", **steps},
        "manifest-notice": {"kind": "notice", "journey_over": "PT4H", "notice": "PT4H"},
        "release-time": {"kind": "listed"},
        "truck-turn/2": {"kind": "duration", "within": time(45)},
    }  # fmt: skip
    return [{"id": id, "stage": id.partition("/")[0], **more} for id, more in limits.items()]


RULES = Rules(Register((edition(),)))
PLAIN = Rules(Register((plain_edition(),)))
LONGER = Rules(Register((edition(1.5),)))
EVERYWHERE = Rules(load_register(PUBLISHED, SAMPLES))
"""Every published limit, and every sample."""
PORTS = tuple(sorted({edition.port for edition in EVERYWHERE.register.editions}))


def remembered(story: Sequence[Event]) -> History:
    """Everything told of one unit, never judged."""
    empty = History(unit_key(story[0]), story[0].unit.type)
    return reduce(History.with_report, map(observation_of, story), empty)


def judged(story: Sequence[Event], watermark: int = END, rules: Rules = RULES) -> Findings:
    """All findings about a story, as known at a watermark."""
    return remembered(story).at(watermark, rules).findings(rules)


def play(story: Iterable[Event], watermarks: Iterable[int], rules: Rules = RULES) -> list[Step]:
    """The steps of a stream of one unit: each report at its watermark, then time to the end."""
    steps: list[Step] = []
    known: History | None = None
    for heard, watermark in zip([*story, None], [*watermarks, END], strict=True):
        due_at = engine.next_deadline(known, rules) if known else None
        if known is not None and due_at is not None and due_at <= watermark:
            steps.append(engine.elapse(known, watermark, rules))
            known = steps[-1].history
        if heard is not None:
            steps.append(engine.observe(known, heard, rules, watermark))
            known = steps[-1].history
    return steps


def place(id: str) -> Unit:
    """A place as the unit of a suspension."""
    return Unit(type=UnitType.PLACE, id=id)


class Ledger:
    """What readers of a stream keep: the last word on each outcome, and where each event went."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self.outcomes: dict[tuple[str, str, int, str], Outcome] = {}
        self.fates: dict[tuple[str, str, str], str | None] = {}
        for step in steps:
            self.read(step)

    def read(self, step: Step) -> None:
        """Take in what one step publishes."""
        for o in step.outcomes:
            key = o.visit_id, o.stage, o.occurrence, o.limit.id if o.limit else ""
            self.outcomes[key] = o
        for fate in step.fates:
            self.fates[f"{fate.port}/{fate.unit.id}", fate.source, fate.event_id] = fate.visit_id

    def lines(self) -> list[bytes]:
        """The outcomes that stand, in canonical form and sorted."""
        stands = (o for o in self.outcomes.values() if o.verdict is not Verdict.VOID)
        return sorted(map(canonical, stands))


def suspended(story: Iterable[Event], rules: Rules = RULES) -> Rules:
    """The rules while the places rest that a story speaks of."""
    by_place: dict[str, Story] = {}
    for one in story:
        by_place.setdefault(unit_key(one), []).append(one)
    return rules.under(closures_of(map(remembered, by_place.values())))


def told_at_random(rng: Random, port: str = PORT, number: int = 0) -> Story:
    """Reports of any kind at all, one after the other, some in the same second or late."""
    teller = _Teller(rng, Course(rng.choice(DIRECTIONS), "water", ()), port, number)
    moment = MORNING
    for n in range(rng.randint(3, 25)):
        moment += timedelta(seconds=rng.choice((0, 1, 60, 600, 1800, 1801, 7200, 90_000)))
        kind = rng.choice(UNIT_KINDS) if n else rng.choice(("arrived", "discharged", "gated-in"))
        teller.mode = rng.choice(("water", "water", "water", "rail"))
        late = timedelta(seconds=rng.choice((*[0] * 9, 5000)))
        teller.tell(kind, moment - late)
    return teller.story
