"""The court: many shares come to what one judge does, byte for byte, whatever the messages are."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.codec import encode
from events.envelope import Unit
from events.testing import at, box, event, examples, suspension, told, wire
from portclock.judging.bench import Near
from portclock.judging.court import Judged, judge_in_shares
from portclock.judging.share import MESSAGES_AT_ONCE, Concluded, Settled, Task
from portclock.verdicts import counted, tally
from timing.engine import Rules
from timing.hearing import Accounts
from timing.judge import judge

RULES = Rules()
TAKEN = at("day+400 00:00")
STORY = ("08:00 gated-in", "10:00 move-ordered", "10:20 move-ended", "18:00 gated-out")
YARD = Unit.model_validate({"type": "lot", "id": "CNLYG"})
MANY = [e.data for e in examples("customs-events") if e.case.startswith("many-units")]
assert len(MANY) == 3


def spaced(line: bytes) -> bytes:
    return json.dumps(orjson.loads(line)).encode()


def misleading(line: bytes) -> bytes:
    """Another id stands first: the message is dealt to whoever has that."""
    return b'{"extra":{"id":"%d"},' % len(line) + line[1:]


def escaped(line: bytes) -> bytes:
    return line.replace(b'"id":"P', b'"id":"\\u0050').replace(b'"id":"C', b'"id":"\\u0043')


MESSAGES = [
    *(line for n in range(5) for line in wire(*told(*STORY, unit=box(n), ids=f"e{n}-"))),
    *wire(*told(*STORY, unit=box(1), ids="other", port="CNSHD")),
    *wire(*suspension("10:05", "10:30"), *suspension("09:00", place="LPCT", ids="t")),
    # one key, but a lot or a place: whichever the file says first
    *wire(*told(*STORY[:2], unit=YARD, ids="lot")),
    # other contents of an event, and corrections
    *wire(event("move-ended", "10:50", event_id="e0-3", unit=box(0), recorded_at=at("11:00"))),
    *wire(event("move-ended", "10:40", event_id="e0-3", unit=box(0), recorded_at=at("12:00"))),
    *wire(event("move-ended", "10:45", event_id="n", supersedes="e1-3", unit=box(1))),
    *wire(event("declared", "09:00", event_id="kept", unit=box(9))),
    *(line.replace(b"\n", b"") for line in map(orjson.dumps, map(orjson.loads, MANY))),
    encode(told("08:00 gated-in", unit=box(3))[0]).replace(b"gated-in", b"GATED_IN"),
    b"{", b"[]", b"\xff", b"   ",
]  # fmt: skip
DISGUISES: list[Callable[[bytes], bytes]] = [bytes, bytes, misleading, escaped, spaced]


@st.composite
def lines(draw: st.DrawFn) -> list[bytes]:
    found = []
    for line in draw(st.lists(st.sampled_from(MESSAGES), max_size=40)):
        disguise = draw(st.sampled_from(DISGUISES))
        found.append(line if len(line) < 9 else disguise(line))
    return found


class Counting:
    """Follows the work."""

    def __init__(self) -> None:
        self.bytes = self.units = self.done = 0

    def read(self, count: int) -> None:
        self.bytes += count

    def begin(self, units: int) -> None:
        self.units += units

    def judged(self, count: int) -> None:
        self.done += count


def in_shares(
    parts: list[list[bytes]], shares: int, now: datetime | None, *, wanted: bool
) -> tuple[Judged, list[bytes], Counting]:
    watch = Counting()
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.jsonl" for number in range(len(parts))]
        for file, part in zip(files, parts, strict=True):
            file.write_bytes(b"\r\n\n".join(part))
        task = Task(tuple(files), RULES, TAKEN, wanted)
        found = judge_in_shares(Near(shares, task), now, watch)
        return found, [line for block in found.lines for line in block], watch


@given(lines(), st.integers(1, 6), st.integers(0, 40), st.none() | st.just(at("11:00")))
@settings(max_examples=150, deadline=None)
@example([], 3, 0, None)
@example(MESSAGES, 2, 10, None)
@example([misleading(MESSAGES[0])], 6, 0, None)
def test_many_shares_come_to_what_one_judge_does(
    said: list[bytes], shares: int, cut: int, now: datetime | None
) -> None:
    oracle = judge(said, RULES, now, received_at=TAKEN)
    found, written, _ = in_shares([said[:cut], said[cut:]], shares, now, wanted=True)
    assert written == oracle.lines()
    assert (found.accounts, found.refused) == (oracle.accounts, oracle.refused)
    assert found.accounts.unexplained == 0
    summary, nothing, _ = in_shares([said[:cut], said[cut:]], shares, now, wanted=False)
    assert summary.tallies == tally(map(counted, oracle.written))
    assert (summary.accounts, summary.refused, nothing) == (found.accounts, found.refused, [])


@pytest.mark.parametrize("shares", [1, 2, 40])
def test_the_pool_of_messages_has_all_that_makes_it_hard(shares: int) -> None:
    said = [*MESSAGES, *map(misleading, MESSAGES[:20])]
    oracle = judge(said, RULES, received_at=TAKEN)
    sums = oracle.accounts
    assert min(sums.split, sums.duplicates, sums.corrections, sums.kept, sums.quarantined) > 0
    assert sum(b'"held_s":{"force-majeure":' in line for line in oracle.lines()) > 1
    found, written, watch = in_shares([said], shares, None, wanted=True)
    assert (written, found.accounts) == (oracle.lines(), sums)
    assert watch.bytes >= shares * sum(map(len, said))
    assert watch.units >= 7


@pytest.mark.parametrize("shares", [1, 3])
@pytest.mark.parametrize("flip", [False, True])
def test_what_was_said_first_of_a_unit_says_what_it_is(shares: int, flip: bool) -> None:
    lot = misleading(wire(*told(STORY[0], unit=YARD, ids="lot"))[0])
    place = wire(*suspension("08:05", "08:30"))
    for said in ([lot, *place], [*place, lot]):
        disguised = list(map(misleading if flip else bytes, said))
        found, written, _ = in_shares([disguised], shares, None, wanted=True)
        oracle = judge(disguised, RULES, received_at=TAKEN)
        assert (written, found.accounts) == (oracle.lines(), oracle.accounts)


def test_lines_are_numbered_beyond_what_is_read_at_once() -> None:
    found, _, _ = in_shares([[b"{"] * MESSAGES_AT_ONCE, [b"[]"]], 2, None, wanted=True)
    assert [refused.line for refused in found.refused] == [*range(1, MESSAGES_AT_ONCE + 2)]
    assert found.refused[-1].refusal.reason != found.refused[0].refusal.reason


class Scripted:
    """Two shares that have settled on these instants."""

    shares = 2

    def __init__(self, *latest_s: int | None) -> None:
        self.latest_s = latest_s
        self.now: list[datetime | None] = []

    def ask(self, verb: str, each: Sequence[tuple[Any, ...]], done: Any) -> list[Any]:
        if verb == "hear":
            return [[{}, {}], [{}, {}]]
        if verb == "settle":
            return [Settled(latest, [], 0) for latest in self.latest_s]
        self.now = [said[1] for said in each]
        return [Concluded(Accounts(), [], [])] * 2

    def drain(self, verb: str, number: int) -> Iterator[Any]:
        return iter(())


@pytest.mark.parametrize("latest_s", [(5, 7), (7, 5), (None, 7), (7, None)])
def test_every_share_judges_as_of_the_latest_instant_of_all(latest_s: tuple[int | None]) -> None:
    scripted = Scripted(*latest_s)
    judge_in_shares(scripted, None, Counting())
    assert [now.timestamp() for now in scripted.now if now] == [7, 7]
    judge_in_shares(scripted, at("11:00"), Counting())
    assert scripted.now == [at("11:00")] * 2
    nothing = Scripted(None, None)
    judge_in_shares(nothing, None, Counting())
    assert nothing.now == [None, None]
