"""How far judging has come, for people. Knows the terminal; must never change what is done."""

from typing import Final

from rich.progress import Progress

_MIB: Final = 2**20


class Display:
    """A bar for reading, in MiB, then one for judging, in units. See `court.Watch`."""

    def __init__(self, shown: Progress, size_bytes: int | None, shares: int) -> None:
        total = None if size_bytes is None else size_bytes / _MIB
        self._shown, self._shares = shown, shares
        self._reading = shown.add_task("reading", total=total, note="MiB")
        self._judging = shown.add_task("judging", start=False, total=None, note="units")

    def read(self, count: int) -> None:
        """Each share looks at all bytes, so all of them together do so once for each."""
        self._shown.advance(self._reading, count / self._shares / _MIB)

    def begin(self, units: int) -> None:
        """All is read."""
        self._shown.start_task(self._judging)
        self._shown.update(self._judging, total=units)

    def judged(self, count: int) -> None:
        """So many more units were judged."""
        self._shown.advance(self._judging, count)
