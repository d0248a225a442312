"""The soak: random kills of random parts under load, until there have been so many; then the judge.

Every so many kills all that was sent is compared; the summary is written after each such stretch
and read at the start, so that a soak that was broken off goes on where its last stretch ended. What
is killed, and when, is drawn from the seed and the stretch. Who may be is said in `kills`; of the
broker's nodes two are never down at once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

from load_tests.faults.fault import Hurt
from load_tests.faults.kills import victims
from load_tests.faults.load import Pace
from load_tests.faults.reckoning import go_on, reckon, settle
from load_tests.faults.rig import Setup
from load_tests.faults.run import Tell, await_steady, hurting
from load_tests.faults.standing import standing

STRETCH: Final = 25
PAUSE_S: Final = (1.0, 8.0)
"""Between two kills: between these, drawn. So parts die while others are still on their way up."""
NODE_WITHIN_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `stretch`: kills between two comparisons."""

    kills: int = 200
    setup: Setup = field(default_factory=lambda: Setup(workers=3))
    pace: Pace = field(default_factory=Pace)
    seed: int = 1
    stretch: int = STRETCH


@dataclass(frozen=True, slots=True)
class Summary:
    """What has been done until now. `killed`: by part; `lost` and `duplicated` as in an Aftermath,
    of the stretches together."""

    setup: str
    seed: int
    kills: int = 0
    stretches: int = 0
    killed: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    outcomes: int = 0
    breaches: int = 0
    lost: int = 0
    duplicated: int = 0
    seconds: float = 0.0
    differences: list[str] = field(default_factory=list)

    @property
    def harmless(self) -> bool:
        """Nothing lost, nothing twice."""
        return self.lost == self.duplicated == 0

    def document(self) -> dict[str, Any]:
        """As it stands in the file."""
        return asdict(self)


def soak(wish: Wish, file: Path | None, tell: Tell) -> Summary:
    """Kill until there have been `kills`, those of the file included; ends at the first difference.

    Raises TimeoutError when something does not come back; the file then has what was before.
    """
    summary = begun(wish, file)
    if summary.kills >= wish.kills or not summary.harmless:
        return summary
    with hurting(wish.setup, wish.pace, tell) as hurt:
        for done in stretches(summary, wish, hurt, tell):
            summary = done
            if file is not None:
                file.write_text(json.dumps(done.document(), indent=1) + "\n")
            tell(f"{done.kills} kills: {done.document()}")
    return summary


def begun(wish: Wish, file: Path | None) -> Summary:
    """What the file has of the same soak; else nothing. Raises ValueError for another's file."""
    fresh = Summary(wish.setup.words, wish.seed)
    if file is None or not file.exists():
        return fresh
    found = Summary(**json.loads(file.read_text()))
    if (found.setup, found.seed) != (fresh.setup, fresh.seed):
        raise ValueError(
            f"{file} is of another soak ({found.setup}, seed {found.seed}): name another file"
        )
    return found


def stretches(summary: Summary, wish: Wish, hurt: Hurt, tell: Tell) -> Iterator[Summary]:
    """In one rig, as long as there is something to do and the tables are right."""
    before = summary
    while summary.kills < wish.kills and summary.harmless:
        hurt.rig.random.seed(f"{wish.seed}/{summary.stretches}")
        began_at, killed = monotonic(), Counter(summary.killed)
        with standing(hurt.rig.addresses) as seen:
            await_steady(hurt, seen)
        many = min(wish.stretch, wish.kills - summary.kills)
        killed.update(kill_one(hurt, tell) for _ in range(many))
        settle(hurt.rig, hurt.load)
        found = reckon(hurt.rig, hurt.load)
        hurt.kept.extend(["soak"] if found.sums.shown else [])
        summary = replace(
            summary,
            kills=summary.kills + many,
            stretches=summary.stretches + 1,
            killed=dict(sorted(killed.items())),
            # A rig counts from its own beginning.
            messages=before.messages + found.messages,
            outcomes=before.outcomes + found.outcomes,
            breaches=before.breaches + found.breaches,
            lost=before.lost + found.sums.lost,
            duplicated=before.duplicated + found.sums.duplicated,
            seconds=round(summary.seconds + monotonic() - began_at, 1),
            differences=list(found.sums.shown),
        )
        yield summary
        go_on(hurt.rig, hurt.load)


def kill_one(hurt: Hurt, tell: Tell) -> str:
    """After a pause, kill -9 of a part drawn from those that run; gives its name."""
    rig = hurt.rig
    hurt.load.check()
    rig.rest(rig.random.uniform(*PAUSE_S))
    name = rig.random.choice(victims(rig))
    if name in rig.brokers:
        # A cluster of three goes on with two; with one it waits, which is no loss and takes long.
        rig.await_up(*rig.brokers, within_s=NODE_WITHIN_S)
    rig.wait(lambda: rig.health(name).pid is not None, NODE_WITHIN_S, f"{name} to run")
    tell(f"  kill -9 {name} ({rig.health(name).state})")
    rig.kill(name)
    return name
