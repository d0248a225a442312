"""When has everything landed? When all groups have committed to the end of what they read.

The worker commits a tick only after it applied it and every message before it; the writer commits
a row only after it was stored; the restater, what it read once all units that were judged again
stand as they should. So an observable tells, not a guess about how long things take.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from events.topics import EVENT_FATES, EVENT_TOPICS, OUTCOME_TOPICS, TICKS, UNIT_RECALLS
from portclock.demo.offsets import Groups

SOURCES = tuple(topic.name for topic in (*EVENT_TOPICS, TICKS, UNIT_RECALLS))
RESULTS = tuple(topic.name for topic in OUTCOME_TOPICS)
LOOKED_AT = tuple(topic.name for topic in (*EVENT_TOPICS, EVENT_FATES))
STILL_S = 60.0
"""With no group moving for this long, what has not landed will not."""
SHOWN_MAX = 5


@dataclass(slots=True)
class Landing:
    """Ask `landed` again and again; `stuck` says when it is in vain. Clock in seconds. Without a
    `restater` nobody waits for what came too late for its visit."""

    groups: Groups
    worker: str
    writer: str
    clock: Callable[[], float]
    restater: str | None = None
    _moved_at: float = 0.0
    _seen: dict[str, object] = field(default_factory=dict)

    def landed(self) -> bool:
        """Whether nothing is on its way any more. Only true after the last message was sent."""
        return not self._behind()

    def stuck(self) -> str | None:
        """Who has not moved for STILL_S, and where, once that is so; None while anything moves."""
        seen: dict[str, object] = {
            name: self.groups.committed(name) for name, _ in self._groups_and_topics()
        }
        if seen != self._seen or not self._moved_at:
            self._seen, self._moved_at = seen, self.clock()
        if self.clock() - self._moved_at < STILL_S:
            return None
        return f"nothing moved for {STILL_S:.0f} s, and {self._behind()}"

    def _behind(self) -> str:
        """The first group that is not at the end of what it reads, and where; empty when none."""
        for group, topics in self._groups_and_topics():
            if places := self.groups.behind(group, topics):
                return f"{group} is behind at {', '.join(places[:SHOWN_MAX])}"
        return ""

    def _groups_and_topics(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Who must have read what to its end; the restater, where there is one."""
        read = ((self.worker, SOURCES), (self.writer, RESULTS))
        return (*read, (self.restater, LOOKED_AT)) if self.restater else read
