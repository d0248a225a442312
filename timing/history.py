"""The history of a unit at a port: every report that still matters, and up to when it was judged.

Immutable; a change gives a new one. Nothing is stored that the reports do not imply: what was
published before is found again by judging the same reports at the same watermark. The reports are
kept written down, one behind the other: most visits only wait, and a port has many of them.
"""

from collections.abc import Callable, Iterable

import msgspec

from events.envelope import Unit
from events.identifiers import Identity
from events.vocabulary import UnitType
from timing.findings import Findings, due, find
from timing.forms import Frozen
from timing.instants import NEVER
from timing.observation import Observation, decode, encode, merged
from timing.patience import Patience
from timing.rules import Rules
from timing.running import Live
from timing.visits import Visit

_LENGTH_BYTES = 4
_encode_name = msgspec.msgpack.Encoder().encode


def written(report: Observation) -> bytes:
    """A report as it stands in a history: its length, then itself."""
    data = encode(report)
    return len(data).to_bytes(_LENGTH_BYTES) + data


def report_at(body: bytes, offset: int) -> Observation:
    """The report that stands at an offset of the body."""
    begin = offset + _LENGTH_BYTES
    return decode(body[begin : begin + int.from_bytes(body[offset:begin])])


def offsets(body: bytes, offset: int = 0) -> list[int]:
    """Where each report of a body stands, in order, from one of them on."""
    found: list[int] = []
    while offset < len(body):
        found.append(offset)
        begin = offset + _LENGTH_BYTES
        offset = begin + int.from_bytes(body[offset:begin])
    return found


def mentioned(identity: Identity, body: bytes) -> bool:
    """Whether the body may hold a report of this identity. A false yes is possible, a no is sure:
    source and id stand side by side at the head of every report."""
    return _encode_name(identity.source) + _encode_name(identity.event_id) in body


class History(Frozen, frozen=True, gc=False):
    """All reports of one unit at one port, at most one per identity.

    `settled_until`: the last instant of the visits already forgotten; what happened up to then is
    too late for this state. `register`: the fingerprint of the register that judged last. `due_at`:
    the smallest watermark at which judging again would change something. `live`: the visit under
    way in short, where it is a plain one.
    """

    key: str
    unit_type: UnitType
    body: bytes = b""
    watermark: int = 0
    settled_until: int = 0
    register: str = ""
    due_at: int | None = None
    live: Live | None = None

    @classmethod
    def of(cls, key: str, unit: Unit, reports: Iterable[Observation] = ()) -> "History":
        """A history that was never judged."""
        return cls(key, unit.type, b"".join(map(written, reports)))

    @property
    def unit(self) -> Unit:
        """The unit, by type and number."""
        return Unit.model_construct(type=self.unit_type, id=self.key.partition("/")[2])

    @property
    def reports(self) -> tuple[Observation, ...]:
        """Every report, in the order in which they came in."""
        return tuple(self._read())

    def _read(self) -> list[Observation]:
        body = self.body
        return [report_at(body, offset) for offset in offsets(body)]

    def known(self, identity: Identity) -> Observation | None:
        """The report that stands under an identity."""
        if not mentioned(identity, self.body):
            return None
        for report in self._read():
            if report.identity == identity:
                return report
        return None

    def with_report(self, report: Observation) -> "History":
        """Take in one report, or another version of one."""
        known = self.known(report.identity)
        if known is None:
            return self._changed(self.body + written(report))
        newer = merged(known, report)
        every = [newer if report == known else report for report in self._read()]
        return self._changed(b"".join(map(written, every)))

    def _changed(self, body: bytes) -> "History":
        return History(
            self.key, self.unit_type, body, self.watermark, self.settled_until, self.register
        )

    def at(self, watermark: int, rules: Rules) -> "History":
        """The same reports, judged later. A watermark never runs backwards."""
        forward, register = max(watermark, self.watermark), rules.register.fingerprint
        return History(self.key, self.unit_type, self.body, forward, self.settled_until, register)

    def findings(self, rules: Rules) -> Findings:
        """What the reports amount to at the watermark."""
        return find(self.key, self.reports, rules, self.watermark)

    def forgotten(self, found: Findings, patience: Patience) -> "History":
        """Without the visits and announcements whose time to be corrected is over; `found` are
        its findings."""
        over = [v for v in found.visits if self.watermark > _forget_after(v, found, patience)]
        stale = self._stale(found, patience)
        if not over and not stale:
            return self
        gone = {r.identity for v in over for r in v.reports} | stale
        settled = max([self.settled_until, *(v.last_heard_at() for v in over)])
        visits = {v.visit_id for v in over}
        gone |= {identity for identity, visit in found.visit_of.items() if visit in visits}
        rest = [report for report in self._read() if report.identity not in gone]
        return msgspec.structs.replace(
            self._changed(b"".join(map(written, rest))), settled_until=settled
        )

    def only(self, keeps: Callable[[Observation], bool]) -> "History":
        """Without the reports that are not kept."""
        return self._changed(b"".join(map(written, filter(keeps, self._read()))))

    def _stale(self, found: Findings, patience: Patience) -> set[Identity]:
        last = self._kept_until(found, patience)
        return {identity for identity, until in last.items() if self.watermark > until}

    def _kept_until(self, found: Findings, patience: Patience) -> dict[Identity, int]:
        """How long what belongs to no visit is kept: a correction as long as what it corrects."""
        if None not in found.visit_of.values():
            return {}
        kept = [r for r in self._read() if found.visit_of[r.identity] is None]
        until = {r.identity: r.occurred_at + patience.ahead_s for r in kept}
        chained = [(r.identity, r.corrects) for r in kept if r.corrects in until]
        for _ in chained:
            for identity, target in chained:
                until[identity] = max(until[identity], until[target])
        return until

    def look_again(self, found: Findings, patience: Patience) -> int:
        """The smallest watermark at which judging again would change something; NEVER if none."""
        forget = [_forget_after(v, found, patience) + 1 for v in found.visits]
        stale = [until + 1 for until in self._kept_until(found, patience).values()]
        return min([found.due_at, *forget, *stale], default=NEVER)

    def look_again_at_visits(self, found: Findings, patience: Patience) -> int:
        """The same, but for what belongs to no visit."""
        return min([found.due_at, *[_forget_after(v, found, patience) + 1 for v in found.visits]])

    def look_again_beside(self, found: Findings, visit: Visit, patience: Patience) -> int:
        """The same, but for what is under way in one visit and for its silence."""
        forget = [_forget_after(v, found, patience) + 1 for v in found.visits if v is not visit]
        stale = [until + 1 for until in self._kept_until(found, patience).values()]
        others = [due(f) for f in found.by_key.values() if f.key.visit_id != visit.visit_id]
        return min([*others, *forget, *stale], default=NEVER)


def _forget_after(visit: Visit, found: Findings, patience: Patience) -> int:
    if visit.closed_at is not None:
        return max(visit.closed_at, visit.last_heard_at()) + patience.retention_s
    if visit.missing_end:
        following = next(v for v in found.visits if v.opened_at > visit.opened_at)
        return following.opened_at + patience.retention_s
    return visit.last_heard_at() + patience.stay_max_s
