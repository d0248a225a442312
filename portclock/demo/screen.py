"""Where scenes are shown: live on a terminal, as lines elsewhere, or nowhere. Always on stderr."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from portclock.demo.scene import Scene
from portclock.demo.view import WIDE, render


class Screen:
    """Shows the latest scene while it is open, and leaves nothing behind."""

    def __init__(self, console: Console, *, silent: bool) -> None:
        self._console, self._silent = console, silent
        self._live = (
            Live(console=console, refresh_per_second=4, transient=True)
            if console.is_terminal and not silent
            else None
        )
        self._phase = ""

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, scene: Scene) -> None:
        """Draw it; where nobody can watch, say only when a new phase begins."""
        if self._live:
            self._live.update(render(scene, wide=self._console.width >= WIDE))
        elif not self._silent and scene.phase != self._phase:
            self._console.print(f"{scene.elapsed_s:6.1f} s  {scene.phase}", markup=False)
        self._phase = scene.phase
