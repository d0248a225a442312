"""A scene as an SVG picture that needs nothing from the network: no font, no script, no style."""

import re
from html import escape, unescape
from io import StringIO

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console

from portclock.demo.scene import Scene
from portclock.demo.view import WIDE, render

_FONTS = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)
_FORMAT = _FONTS.sub("", CONSOLE_SVG_FORMAT).replace(
    "Fira Code, monospace", "Fira Code, Menlo, Consolas, Noto Sans Mono CJK SC, monospace"
)
_TEXT = re.compile(r'<text ([^>]*)x="([\d.]+)"([^>]*)textLength="[\d.]+"([^>]*)>([^<]*)</text>')
_EVEN = re.compile(r"[\u2e80-\uffef]+|[^\u2e80-\uffef]+")
"""Characters of one width, so that no font has to fit two widths into one length."""
_CELL_WIDTH = 12.2
"""Of rich's picture, in its own units."""


def svg(scene: Scene) -> str:
    """The wide view of a scene; the same scene is always the same picture."""
    console = Console(
        record=True, width=WIDE, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(render(scene))
    drawn = console.export_svg(title="portclock demo", code_format=_FORMAT, unique_id="portclock")
    return _TEXT.sub(_cut, drawn)


def _cut(found: re.Match[str]) -> str:
    """rich 15 counts characters where it should count cells: Chinese ones take two."""
    before, left, between, after, words = found.groups()
    x, parts = float(left), []
    for part in _EVEN.findall(unescape(words)):
        width = cell_len(part) * _CELL_WIDTH
        text = escape(part).replace(" ", "&#160;").replace("\xa0", "&#160;")
        parts.append(f'<text {before}x="{x:g}"{between}textLength="{width:g}"{after}>{text}</text>')
        x += width
    return "".join(parts)


def fuller(scene: Scene, other: Scene) -> Scene:
    """Of two scenes the one with more to see: units near their limit, then stages judged."""
    return max(other, scene, key=_fullness)


def _fullness(scene: Scene) -> tuple[int, int, int]:
    judged = sum(1 for stage in scene.stages if stage.met + stage.breached)
    different = len({unit.stage for unit in scene.at_risk[:5]})
    return min(len(scene.at_risk), 3), different, judged
