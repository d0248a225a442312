"""A trial over files, in shares, comes to what two plain judgements and evaluations come to."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import decode
from events.outcomes import Outcome
from events.testing import at
from events.vocabulary import UnitType, Verdict
from portclock.judging.bench import Near, in_processes
from portclock.judging.court import Nobody
from portclock.judging.share import Task as Heard
from portclock.judging.trial_share import Task, try_in_shares
from reports.whatif.beside import Beside, beside
from reports.whatif.effect import ALL, Effect, Effects, Row
from reports.whatif.promises import Told
from reports.whatif.result import Result, Trial, months_between
from reports.whatif.testing import drafted, drawn, in_force, lines
from timing.calls import calls_of
from timing.commitments.evaluation import evaluate
from timing.commitments.facts import Facts, traits_in
from timing.commitments.measure import Measure
from timing.commitments.period import Period
from timing.editions import Edition
from timing.gathered import gather
from timing.judge import judge
from timing.limits import Register
from timing.rules import Rules

TAKEN = at("day+400 00:00")
SHORT = in_force(edition="here/0", effective_to=date(2026, 3, 2))
NEXT = in_force(supersedes="here/0", effective_from=date(2026, 3, 3), limit=drafted(2).limit)
"""Two editions that divide the time."""
PAIRS: tuple[tuple[Edition, tuple[Edition, ...]], ...] = (
    (drafted(), (in_force(),)),
    (drafted(1.3), (in_force(),)),
    (drafted(1.3, limit=drafted().limit[:9], commitment=()), (in_force(),)),
    (drafted(), (SHORT, NEXT)),
    (drafted(), ()),
)
MONTHS = (("2026-03", "2026-03"), ("2026-02", "2026-04"), ("2026-05", "2026-06"))


class Occurred(NamedTuple):
    visit_id: str
    stage: str
    occurrence: int


def misleading(line: bytes) -> bytes:
    """Another id stands first: the message is heard by whoever has that, and handed on."""
    return b'{"extra":{"id":"%d"},' % len(line) + line[1:]


def in_shares(said: list[bytes], trial: Trial, shares: int, folder: Path) -> Result:
    file = folder / "history.jsonl"
    file.write_bytes(b"\n".join(said))
    heard = Heard((file,), Rules(Register(())), TAKEN, lines=False)
    return try_in_shares(Near(shares, Task(heard, trial)), trial, Nobody())


def plainly(said: list[bytes], trial: Trial) -> tuple[Effects, dict[Told, tuple[Measure, ...]]]:
    laid = trial.beside
    sides = (laid.current, (laid.draft,))
    events = [event for line in said for event in decode(line)]
    period = trial.period
    heard = {
        event.unit.id
        for event in events
        if event.place.port == laid.port and period.holds(int(event.occurred_at.timestamp()))
    }
    judged = [judge(said, Rules(Register(editions)), received_at=TAKEN) for editions in sides]
    now = judged[0].now
    assert now is not None
    found = [
        [o for o in one.outcomes if o.port == laid.port and o.unit.id in heard] for one in judged
    ]
    units = gather(events)
    calls = calls_of([unit for unit in units if unit.port == laid.port], int(now.timestamp()))
    promised = {}
    for side, editions, outcomes in zip(("current", "draft"), sides, found, strict=True):
        traits = traits_in(
            [unit for unit in units if unit.type is not UnitType.PLACE], Rules().patience
        )
        facts = Facts(tuple(outcomes), calls.calls, traits)
        for month in trial.months:
            for one in evaluate(editions, facts, month):
                told = Told(side, one.edition.edition, one.kept.promise.id, month.name)  # type: ignore[arg-type]
                promised[told] = one.kept.measures
    return _effects(laid, found[0], found[1], period), promised


def _effects(laid: Beside, current: list[Outcome], draft: list[Outcome], period: Period) -> Effects:
    now, then = _by_occurrence(current, laid), _by_occurrence(draft, laid)
    assert now.keys() == then.keys()
    effects: Effects = {}
    for which in now:
        one = now[which][0]
        closed = None if one.closed_at is None else int(one.closed_at.timestamp())
        opened = int(one.opened_at.timestamp())
        rows = list(_rows(now[which], then[which]))
        for row, outcome in [(ALL, None), *rows] if rows else []:
            effect = effects.setdefault(row, Effect())
            if closed is not None and period.holds(closed):
                verdicts = _worst(now[which]), outcome.verdict if outcome else _worst(then[which])
                _add(effect, verdicts, one, outcome)
            elif opened < period.ends_at and (closed is None or closed >= period.ends_at):
                effect.open_n += 1
    return {row: effect for row, effect in effects.items() if effect != Effect()}


def _compared(said: list[bytes], trial: Trial) -> int:
    """Boxes of the port with anything in the time, and anything begun that is compared."""
    laid, heard, begun = trial.beside, set(), set()
    for event in (one for line in said for one in decode(line)):
        if event.place.port == laid.port and event.unit.type is not UnitType.PLACE:
            begun |= {event.unit.id} if event.kind in laid.openers else set()
            if trial.period.holds(int(event.occurred_at.timestamp())):
                heard.add(event.unit.id)
    return len(heard & begun)


def _add(
    effect: Effect, verdicts: tuple[Verdict, Verdict], one: Outcome, outcome: Outcome | None
) -> None:
    effect.shifts[verdicts] += 1
    if verdicts[1] == "breached" != verdicts[0]:
        effect.breakers[str(one.answers)] += 1
    if outcome and outcome.limit and outcome.limit.kind != "notice":
        assert outcome.net_s is not None
        whole, rest = divmod(100 * outcome.net_s, outcome.limit.limit_s)
        effect.used_pct[whole + (rest > 0)] += 1


def _rows(now: list[Outcome], then: list[Outcome]) -> Iterator[tuple[Row, Outcome | None]]:
    drafted = [o for o in then if o.limit]
    for one in drafted:
        assert one.limit
        yield Row("draft", one.stage, one.limit.id), one
    for one in [] if drafted else now:
        if one.limit:
            yield Row("current", one.stage, one.limit.id), None


def _worst(outcomes: list[Outcome]) -> Verdict:
    said = {one.verdict for one in outcomes}
    order = ("breached", "excused", "met", "open", "no-limit")
    return next(Verdict(one) for one in order if one in said)


def _by_occurrence(outcomes: list[Outcome], laid: Beside) -> dict[Occurred, list[Outcome]]:
    found: dict[Occurred, list[Outcome]] = {}
    for one in outcomes:
        if one.stage in laid.stages:
            which = Occurred(one.visit_id, one.stage, one.occurrence)
            found.setdefault(which, []).append(one)
    return found


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(range(len(PAIRS))),
    st.sampled_from(MONTHS),
    st.integers(1, 3),
)
def test_shares_come_to_what_two_judgements_come_to(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    pair: int,
    months: tuple[str, str],
    shares: int,
) -> None:
    rng, (draft, editions) = Random(seed), PAIRS[pair]
    said = [misleading(line) if rng.random() < 0.3 else line for line in lines(drawn(rng, boxes=5))]
    trial = Trial(beside(draft, editions), months_between(*months), 3)
    found = in_shares(said, trial, shares, tmp_path_factory.mktemp("trial"))
    effects, promised = plainly(said, trial)
    assert found.effects == effects
    assert {told: one.kept.measures for told, one in found.promised.items()} == promised
    assert found.units == _compared(said, trial)


def test_processes_come_to_what_one_comes_to(tmp_path: Path) -> None:
    said = lines(drawn(Random(3), boxes=8))
    trial = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 4)
    near = in_shares(said, trial, 1, tmp_path)
    heard = Heard((tmp_path / "history.jsonl",), Rules(Register(())), TAKEN, lines=False)
    with in_processes(2, Task(heard, trial)) as bench:
        far = try_in_shares(bench, trial, Nobody())
    assert (far.effects, far.most, far.units) == (near.effects, near.most, near.units)
    assert far.promised == near.promised
    assert sum(effect.judged for effect in near.effects.values()) > 20
    assert near.most.visits_broken > 0


def test_of_nothing_nothing_is_found(tmp_path: Path) -> None:
    trial = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 4)
    found = in_shares([b"{", b"[]"], trial, 2, tmp_path)
    assert (found.now, found.units, found.refused, found.effects) == (None, 0, 2, {})
    assert {one.kept.kept for one in found.promised.values()} == {None}


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    said = [b"{", *lines(drawn(Random(4), boxes=2)), b"[]"]
    trial = Trial(beside(drafted(), [in_force()]), months_between("2026-03", "2026-03"), 4)
    assert in_shares(said, trial, 2, tmp_path).refused == 2
