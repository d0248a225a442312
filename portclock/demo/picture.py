"""A scene as an SVG picture that needs nothing from the network: no font, no script, no style."""

import re
from io import StringIO

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from portclock.demo.scene import Scene
from portclock.demo.view import WIDE, render

_FONTS = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)
_FORMAT = _FONTS.sub("", CONSOLE_SVG_FORMAT).replace(
    "Fira Code, monospace", "Fira Code, Menlo, Consolas, Noto Sans Mono CJK SC, monospace"
)


def svg(scene: Scene) -> str:
    """The wide view of a scene; the same scene is always the same picture."""
    console = Console(
        record=True, width=WIDE, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(render(scene))
    return console.export_svg(title="portclock demo", code_format=_FORMAT, unique_id="portclock")


def fuller(scene: Scene, other: Scene) -> Scene:
    """Of two scenes the one with more to see: units near their limit, then stages judged."""
    return max(other, scene, key=lambda s: (len(s.at_risk[:3]), len(s.stages), len(s.at_risk)))
