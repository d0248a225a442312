"""From facts to markup: one environment of templates, and fragments kept while they hold.

Everything that stands in a page is escaped. Must never know what a fact means.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from events.vocabulary import Mode
from serving.web import saying
from serving.web.drawing import instant
from serving.web.house import BoardView
from serving.web.live import View
from serving.web.scene import Likeness, Scene
from timing.story.words import moment

FOLDER: Final = Path(__file__).parent / "templates"
CSRF_PLACE: Final = "@csrf@"
"""Stands in a fragment for what the forms of one session bring along: fragments are shared."""
FRAGMENTS_MAX: Final = 64
"""Kept fragments: one for each scope, language and filter that is looked at."""
RELEASE: Final = version("portclock")
"""In the address of every file of ours, so that a browser never mixes two releases."""


@cache
def environment() -> Environment:
    """The templates. A name that nobody gave is an error, in tests and in the port alike."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "clock": saying.clock,
        "day": saying.day,
        "hour": saying.hour,
        "machine": saying.machine,
        "moment": lambda text: moment(instant(text)),
        "percent": saying.percent,
        "bar": saying.bar,
        "brief": saying.brief,
        "modes": [mode.value for mode in Mode],
        "release": RELEASE,
    }
    return made


def render(template: str, scene: Scene, board: BoardView, **facts: Any) -> str:
    """One template with what every template may use beside its own facts."""
    words = scene.words
    return (
        environment()
        .get_template(template)
        .render(
            w=words,
            told=words.story,
            viewer=scene.viewer,
            manner=scene.manner,
            asked=scene.asked,
            now_s=board.now_s,
            **{"csrf": CSRF_PLACE, **facts},
        )
    )


def personal(fragment: str, csrf: str) -> str:
    """A shared fragment for one session."""
    return fragment.replace(CSRF_PLACE, csrf)


class Fragments:
    """The fragments of live views. Many viewers of one scope cost one rendering per version."""

    def __init__(self, board: BoardView) -> None:
        self._board = board
        self._kept: OrderedDict[Likeness, tuple[int, str]] = OrderedDict()

    def fragment(self, view: View, scene: Scene) -> tuple[int, str]:
        """The view as it is now, and the version that it shows at least."""
        key, version_now = scene.likeness(view.name), self._board.version
        kept = self._kept.get(key)
        if kept is None or kept[0] != version_now:
            facts: Mapping[str, Any] = view.facts(self._board, scene)
            kept = version_now, render(view.template, scene, self._board, **facts)
            self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > FRAGMENTS_MAX:
            self._kept.popitem(last=False)
        return kept
