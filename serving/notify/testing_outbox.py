"""For tests of the outbox: one with two channels, everything sent at once, and what must sum.

Ships inside the package, so that no test imports from another test. Reads no clock.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from events.alerts import Delivery
from events.topics import ALERT_DELIVERIES
from serving.notify.errands import Outgoing
from serving.notify.ledger import Ledger
from serving.notify.outbox import Outbox, Result
from serving.notify.routes import Routes
from serving.notify.settings import NotifySettings
from serving.notify.testing import routes_of

HOOK: Final = {"kind": "webhook", "url": "http://h.example/", "secret": "env:KEY"}
ROUTES: Final = routes_of(
    {
        "name": "yard",
        "channels": ["a", "b"],
        "stages": ["box-move"],
        "digest": {"every_min": 5, "states": ["at-risk"]},
        "escalate": {"after_min": 1, "to": "chief", "channels": ["b"]},
    },
    a=HOOK,
    b=HOOK,
)
SETTINGS: Final = NotifySettings(suspension_s=1.0, retry_first_s=5.0, attempts_max=3)
MINUTE_MS: Final = 60_000
YES, NO, NEVER = Result(True), Result(False, "HTTP 503"), Result(False, "HTTP 410", final=True)


@contextmanager
def opened(path: Path, routes: Routes = ROUTES) -> Iterator[Outbox]:
    """The outbox in a file, closed at the end."""
    with closing(Ledger(path)) as ledger:
        yield Outbox(ledger, routes, SETTINGS)


def deliveries(outbox: Outbox) -> list[Delivery]:
    """What was written for the log, in order."""
    found = outbox.books.publications(100_000)
    return [
        Delivery.model_validate_json(one.value)
        for one in found
        if one.topic == ALERT_DELIVERIES.name
    ]


def send_all(outbox: Outbox, now_ms: int, *answers: Result) -> list[Outgoing]:
    """Every message that is due now on any channel; each is answered in turn, then taken."""
    left, sent = list(answers), []
    for channel in ("a", "b", "hook"):
        while (outgoing := outbox.next(channel, now_ms)) is not None:
            sent.append(outgoing)
            outbox.settle(outgoing, left.pop(0) if left else YES, now_ms)
    return sent


def assert_sums(outbox: Outbox) -> None:
    """The law of the accounts: every alert and every errand is in one of them."""
    counted = outbox.books.accounts()
    assert counted["alerts"] == counted["repeats"] + counted["no-route"] + counted["routed"]
    settled = counted["delivered"] + counted["failed"] + counted["held-back"]
    assert counted["errands"] == settled + outbox.books.open_errands()
    final = [one for one in deliveries(outbox) if one.settled_at is not None]
    told: Counter[str] = Counter()
    for one in final:
        told[one.state.value] += one.alerts
    assert told == Counter({name: counted[name] for name in told})
    assert len({one.delivery_id for one in final}) == len(final)
