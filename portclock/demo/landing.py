"""When has everything landed? When both groups have committed to the end of what they read.

The worker commits a tick only after it applied it and every message before it; the writer commits
a row only after it was stored. So an observable tells, not a guess about how long things take.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from events.topics import EVENT_TOPICS, OUTCOME_TOPICS, TICKS
from portclock.demo.offsets import Groups

SOURCES = tuple(topic.name for topic in (*EVENT_TOPICS, TICKS))
RESULTS = tuple(topic.name for topic in OUTCOME_TOPICS)
STILL_S = 60.0
"""With no group moving for this long, what has not landed will not."""
SHOWN_MAX = 5


@dataclass(slots=True)
class Landing:
    """Ask `landed` again and again; `stuck` says when it is in vain. Clock in seconds."""

    groups: Groups
    worker: str
    writer: str
    clock: Callable[[], float]
    _moved_at: float = 0.0
    _seen: dict[str, object] = field(default_factory=dict)

    def landed(self) -> bool:
        """Whether nothing is on its way any more. Only true after the last message was sent."""
        return not self._behind()

    def stuck(self) -> str | None:
        """Who has not moved for STILL_S, and where, once that is so; None while anything moves."""
        seen: dict[str, object] = {
            name: self.groups.committed(name) for name in (self.worker, self.writer)
        }
        if seen != self._seen or not self._moved_at:
            self._seen, self._moved_at = seen, self.clock()
        if self.clock() - self._moved_at < STILL_S:
            return None
        return f"nothing moved for {STILL_S:.0f} s, and {self._behind()}"

    def _behind(self) -> str:
        """The first group that is not at the end of what it reads, and where; empty when none."""
        for group, topics in ((self.worker, SOURCES), (self.writer, RESULTS)):
            if places := self.groups.behind(group, topics):
                return f"{group} is behind at {', '.join(places[:SHOWN_MAX])}"
        return ""
