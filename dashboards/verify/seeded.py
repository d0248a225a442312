"""Made-up facts from a seed: enough of everything for every panel to have something to get wrong.

Corrected rows, withdrawn rows, rows under two limits, open ones, names with a quote and in Chinese,
times outside the range. Holds no rule: a verdict here is what the dice said it is.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from dashboards.verify.facts import Facts
from events.alerts import AlertDeed, Delivery
from events.dead_letters import Refused, Settled
from events.envelope import Event
from events.outcomes import Alert, EventFate, Outcome
from events.refusals import REMEDIES, Reason
from events.testing import box, event

SINCE: Final = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL: Final = datetime(2026, 3, 5, tzinfo=UTC)
LONG_AGO: Final = datetime(2025, 12, 20, tzinfo=UTC)
PORTS: Final = ("CNLYG", "CNSHA", "O'Higgins", "宁波舟山")
FACILITIES: Final = ("LPCT", "O'Higgins", "宁波舟山", None)
EVENT_PORTS: Final = ("CNLYG", "CNSHA")
SOURCES: Final = ("lyg-tos", "sha-customs", "rail")
ANSWERS: Final = {
    "box-move": "terminal",
    "pickup": "terminal",
    "inspection-positioning": "terminal",
    "inspection-wait": "customs",
    "inspection": "customs",
    "lab-test": "customs",
    "customs-clearance": "customs",
    "manifest-notice": "carrier",
    "overall-clearance": "all",
    "release-time": "all",
}
"""The stages of the made-up visits, and who answers."""
VISITS: Final = 420


class Seeded:
    """One telling. The version of each fact is the order in which it was told."""

    def __init__(self, seed: int = 7) -> None:
        self._random = Random(seed)
        self._version = 0
        self.facts = Facts()

    def tell(self) -> Facts:
        """All of it."""
        for n in range(VISITS):
            self._visit(n)
        for n in range(240):
            self._event(n)
        for n in range(60):
            self._letter(n)
        for n in range(90):
            self._delivery(n)
        return self.facts

    def _next(self) -> int:
        self._version += 1
        return self._version

    def _moment(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(
            seconds=self._random.randrange(int((last - first).total_seconds()))
        )

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _visit(self, n: int) -> None:
        begun = LONG_AGO if self._chance(0.4) else SINCE - timedelta(hours=18)
        opened_at = self._moment(begun, UNTIL - timedelta(hours=1))
        port = self._random.choice(PORTS)
        unit = {"type": "container", "id": box(n)}
        common = {
            "visit_id": f"{port}/{unit['id']}/{opened_at:%Y%m%dT%H%M%SZ}",
            "unit": unit, "port": port, "facility": self._random.choice(FACILITIES),
            "mode": "water", "direction": self._random.choice(["import", "export"]),
        }  # fmt: skip
        for stage in self._random.sample(sorted(ANSWERS), 2):
            self._stage(stage, opened_at, common)

    def _stage(self, stage: str, opened_at: datetime, common: dict[str, Any]) -> None:
        """A stage under none, one or two limits, perhaps told before in other words."""
        closed = self._chance(0.75)
        most_s = 90_000 if self._chance(0.2) else 20_000
        gross_s = min(
            self._random.randrange(60, most_s), int((UNTIL - opened_at).total_seconds()) - 60
        )
        held_s = self._random.randrange(gross_s // 2) if self._chance(0.4) else 0
        limits = self._random.choice([[], ["a"], ["a"], ["a"], ["b"], ["a", "b"]])
        for name in limits or [""]:
            outcome = self._outcome(stage, opened_at, common, name, (closed, gross_s, held_s))
            self._told(outcome)

    def _outcome(
        self,
        stage: str,
        opened_at: datetime,
        common: dict[str, Any],
        limit: str,
        ran: tuple[bool, int, int],
    ) -> Outcome:
        closed, gross_s, held_s = ran
        limit_s = self._random.choice([1800, 7200, 18_000])
        net_s = gross_s - held_s + (7 if limit == "b" else 0)  # another calendar counts otherwise
        split = {"terminal": gross_s - held_s, "customs": held_s}
        said: dict[str, Any] = {
            **common, "stage": stage, "occurrence": 1, "opened_at": opened_at,
            "closed_at": opened_at + timedelta(seconds=gross_s) if closed else None,
            "gross_s": gross_s if closed else None, "net_s": net_s if closed else None,
            "held_s": {}, "split_s": {k: v for k, v in split.items() if v} if closed else {},
            "age_s": None if closed else gross_s, "verdict": "no-limit", "limit": None,
            "deadline_at": None, "answers": ANSWERS[stage],
            "decided_at": opened_at + timedelta(seconds=gross_s), "revision": 2,
            "definition": None, "flags": (), "event_ids": ("e1",),
        }  # fmt: skip
        if limit:
            said |= self._limited(stage, limit, limit_s, net_s, closed, opened_at)
        return Outcome.model_validate(said)

    def _limited(
        self, stage: str, name: str, limit_s: int, net_s: int, closed: bool, opened_at: datetime
    ) -> dict[str, Any]:
        over = net_s > limit_s
        if closed:
            verdict = self._random.choice(["breached", "breached", "excused"]) if over else "met"
        else:
            verdict = "breached" if over else "open"
        deadline_at = opened_at + timedelta(seconds=limit_s)
        return {
            "verdict": verdict,
            "limit": {
                "id": f"{stage}.{name}", "edition": self._random.choice(["t/2026-01", "t/2026-02"]),
                "kind": "notice" if stage == "manifest-notice" else "duration", "limit_s": limit_s,
            },
            "deadline_at": None if closed or self._chance(0.1) else deadline_at,
        }  # fmt: skip

    def _told(self, outcome: Outcome) -> None:
        """Perhaps an earlier statement that does not stand, then this, perhaps its withdrawal."""
        if self._chance(0.35):
            earlier = {
                "verdict": "met" if outcome.limit else "no-limit", "revision": 1,
                "closed_at": outcome.opened_at + timedelta(minutes=3), "gross_s": 180,
                "net_s": 180, "split_s": {"carrier": 180}, "age_s": None, "deadline_at": None,
            }  # fmt: skip
            self._keep(Outcome.model_validate({**outcome.model_dump(), **earlier}))
        self._keep(outcome)
        if self._chance(0.08):
            self._keep(Outcome.model_validate({**outcome.model_dump(), "verdict": "void"}))
        elif outcome.limit and outcome.closed_at is None:
            self._endangered(outcome)
        elif outcome.limit and self._chance(0.3):
            self._alert(outcome, "at-risk", 0.8)
            self._alert(outcome, "resolved", 1)

    def _keep(self, outcome: Outcome) -> None:
        self.facts.outcomes.append((outcome, self._next()))

    def _endangered(self, outcome: Outcome) -> None:
        breached = outcome.verdict == "breached"
        if breached or self._chance(0.6):
            self._alert(outcome, "at-risk", 0.8)
            if not breached and self._chance(0.3):
                self._alert(outcome, "retracted", 0.85)
                if self._chance(0.5):
                    self._alert(outcome, "at-risk", 0.9)
        if breached:
            self._alert(outcome, "breached", 1)
        if self._chance(0.75):
            self._deeds(outcome)

    def _alert(self, of: Outcome, state: str, share: float) -> None:
        assert of.limit
        fields = ("visit_id", "unit", "port", "facility", "stage", "occurrence", "limit", "answers")
        said = {name: value for name, value in of.model_dump().items() if name in fields}
        said |= {
            "alert_id": f"{of.visit_id}/{of.stage}/{of.occurrence}/{of.limit.id}/{state}",
            "state": state, "deadline_at": of.deadline_at,
            "raised_at": of.opened_at + timedelta(seconds=int(of.limit.limit_s * share)),
        }  # fmt: skip
        self.facts.alerts.append((Alert.model_validate(said), self._next()))

    def _deeds(self, of: Outcome) -> None:
        assert of.limit
        first = "acknowledged" if self._chance(0.85) else "commented"
        for deed in (first, *self._random.sample(["assigned", "escalated", "commented"], 1)):
            said = {
                "deed_id": f"d{self._version}{deed}", "deed": deed, "visit_id": of.visit_id,
                "incident": f"{of.visit_id}/{of.stage}/{of.occurrence}/{of.limit.id}",
                "port": of.port, "facility": of.facility, "stage": of.stage, "answers": of.answers,
                "by": self._random.choice(["Li Lei", "O'Brien", "韩梅梅"]),
                "to": "shift 2" if deed != "commented" else None,
                "text": "seen" if deed == "commented" else None, "at": UNTIL,
            }  # fmt: skip
            self.facts.deeds.append((AlertDeed.model_validate(said), self._next()))

    def _event(self, n: int) -> None:
        occurred_at = self._moment(SINCE - timedelta(days=2), UNTIL)
        source = self._random.choice(SOURCES)
        late_s = self._random.randrange(7200)
        told = event(
            "move-ended", occurred_at, unit=box(n % 150), port=self._random.choice(EVENT_PORTS),
            event_id=f"e{n}", source=source,
            recorded_at=None if source == "rail" else occurred_at + timedelta(seconds=late_s),
        )  # fmt: skip
        self.facts.events.append((told, self._next()))
        if self._chance(0.1) and told.recorded_at:
            again = told.model_copy(update={"recorded_at": told.recorded_at + timedelta(hours=1)})
            self.facts.events.append((again, self._next()))
        if self._chance(0.95):
            self._fate(told)

    def _fate(self, of: Event) -> None:
        said = {
            "source": of.source,
            "event_id": of.event_id,
            "port": of.place.port,
            "unit": of.unit,
        }
        for fate in ("kept", "judged") if self._chance(0.6) else ("kept",):
            one = EventFate.model_validate({**said, "fate": fate, "visit_id": None})
            self.facts.fates.append((one, self._next()))

    def _letter(self, n: int) -> None:
        reason = self._random.choice([Reason.BROKEN_JSON, Reason.UNKNOWN_KIND, Reason.FUTURE_TIME])
        refused = Refused(
            topic=self._random.choice(["terminal-events", "customs-events"]),
            partition=n % 3, offset=n, reason=reason, detail="somewhere",
            remedy=REMEDIES[reason], received_at=self._moment(SINCE - timedelta(days=1), UNTIL),
        )  # fmt: skip
        self.facts.letters.append((refused, self._next()))
        if self._chance(0.4):
            settled = Settled(settles=refused.position, settled_at=UNTIL)
            self.facts.letters.append((settled, self._next()))

    def _delivery(self, n: int) -> None:
        proved_at = self._moment(SINCE - timedelta(days=1), UNTIL - timedelta(hours=1))
        said: dict[str, Any] = {
            "delivery_id": f"m{n}", "incidents": ("x",), "port": self._random.choice(PORTS),
            "route": "all", "channel": self._random.choice(["mail", "dingtalk", "hook"]),
            "attempts": 1, "proved_at": proved_at, "published_at": proved_at,
            "noticed_at": proved_at + timedelta(seconds=1),
        }  # fmt: skip
        waiting = Delivery.model_validate({**said, "state": "waiting"})
        self.facts.deliveries.append((waiting, self._next()))
        if self._chance(0.8):
            settled_at = proved_at + timedelta(seconds=self._random.randrange(1, 30))
            state = self._random.choice(["delivered", "delivered", "failed", "held-back"])
            done = Delivery.model_validate({**said, "state": state, "settled_at": settled_at})
            self.facts.deliveries.append((done, self._next()))
