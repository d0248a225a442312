"""When a worker must not go on: it was paused for longer than its session, or it stands still.

A worker that slept (a stopped process, a frozen machine) has been replaced in its group without
knowing, and what it would write to the changelog would undo its successor's work. A worker whose
partitions do not advance although records wait is an outage that nobody sees. Both end the process;
a supervisor starts a new one, which recovers. Told the time; pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class WorkerUnfit(Exception):
    """Why the process must end."""


@dataclass(slots=True)
class Pulsebeat:
    """Detects pauses of the whole process: beaten from a thread, asked before every write.

    From a thread, as the group's heartbeats are: a long run keeps the event loop busy and the
    session alive. Silent before the first beat; a pause once seen is never forgotten.
    """

    session_timeout_s: float
    beaten_at: float | None = None
    pause_s: float = 0.0

    def beat(self, now: float) -> None:
        """The process is alive."""
        self.pause_s = max(self.pause_s, self._since(now))
        self.beaten_at = now

    def check(self, now: float) -> None:
        """Raise WorkerUnfit when the process stood still for longer than its session."""
        pause_s = max(self.pause_s, self._since(now))
        if pause_s > self.session_timeout_s:
            raise WorkerUnfit(
                f"the process stood still for {pause_s:.0f} s, longer than its session of "
                f"{self.session_timeout_s:.0f} s: another worker has its partitions by now"
            )

    def _since(self, now: float) -> float:
        return 0.0 if self.beaten_at is None else now - self.beaten_at


@dataclass(slots=True)
class Progress:
    """Detects standstill: records wait, and nothing has moved for too long."""

    limit_s: float
    moved_at: float
    positions: Mapping[str, int]

    def look(self, positions: Mapping[str, int], waiting: int, now: float) -> None:
        """Compare with the last look. Raises WorkerUnfit after `limit_s` without movement."""
        if waiting == 0 or dict(positions) != dict(self.positions):
            self.positions, self.moved_at = dict(positions), now
        elif now - self.moved_at > self.limit_s:
            raise WorkerUnfit(
                f"{waiting} records wait and nothing was processed for {now - self.moved_at:.0f} s"
            )
