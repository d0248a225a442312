"""Where scenes are shown: live on a terminal, as lines elsewhere, or nowhere. Always on stderr."""

from pathlib import Path
from typing import Self

from rich.console import Console
from rich.live import Live

from portclock.demo.picture import fuller, svg
from portclock.demo.scene import Scene
from portclock.demo.view import WIDE, render


class Screen:
    """Shows the latest scene while it is open; leaves nothing behind but what it was told, and a
    picture, if asked."""

    def __init__(self, console: Console, *, silent: bool, picture: Path | None = None) -> None:
        self._console, self._silent, self._picture = console, silent, picture
        self._fullest: Scene | None = None
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

    def __exit__(self, *raised: object) -> None:
        if self._live:
            self._live.stop()
        if self._picture and self._fullest:
            self._picture.write_text(svg(self._fullest), encoding="utf-8")

    def tell(self, line: str) -> None:
        """One line that stays, unbroken, so that it can be clicked or copied."""
        if not self._silent:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def show(self, scene: Scene) -> None:
        """Draw it; where nobody can watch, say only when a new phase begins."""
        if self._live:
            self._live.update(render(scene, wide=self._console.width >= WIDE))
        elif not self._silent and scene.phase != self._phase:
            self._console.print(f"{scene.elapsed_s:6.1f} s  {scene.phase}", markup=False)
        self._phase = scene.phase
        if self._picture:
            self._fullest = fuller(scene, self._fullest or scene)
