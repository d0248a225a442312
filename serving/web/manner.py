"""How a page is to be shown: language, theme, wall screen. Pure: from an address and its cookies.

What is shown, and to whom, is decided elsewhere.
"""

from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlencode

import msgspec

from serving.asks import Language
from serving.web.words import CODES

Theme = Literal["", "dark", "light"]
THEMES: Final = ("dark", "light")
KEPT_S: Final = 365 * 86_400
"""For how long a browser remembers language and theme."""
CYCLE_MIN_S, CYCLE_MAX_S = 5, 3_600
CARRIED: Final = ("kiosk", "cycle")
"""What an address hands on to the next page."""


class Manner(msgspec.Struct, frozen=True):
    """`theme` is empty where the browser's own preference decides. `cycle_s` is 0 where a wall
    screen stays on its page."""

    language: Language
    theme: Theme = ""
    kiosk: bool = False
    cycle_s: int = 0
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()

    def link(self, path: str | None = None, **changes: str) -> str:
        """This address, or another page in the same manner, with some parameters changed; an empty
        word takes a parameter away."""
        kept = dict(self.query) if path is None else self._carried()
        said = {name: word for name, word in (kept | changes).items() if word}
        return (path or self.path) + (f"?{urlencode(said)}" if said else "")

    def _carried(self) -> dict[str, str]:
        return {name: word for name, word in self.query if name in CARRIED}


def manner_of(
    path: str, query: Mapping[str, str], cookies: Mapping[str, str], accepted: str
) -> Manner:
    """From an address, what the browser remembers, and what it says that people there read."""
    asked = {name: word for name, word in query.items() if name not in ("lang", "theme")}
    return Manner(
        language=_language(query.get("lang", ""), cookies.get("lang", ""), accepted),
        theme=_theme(query.get("theme", ""), cookies.get("theme", "")),
        kiosk=query.get("kiosk", "") not in ("", "0"),
        cycle_s=_cycle(query.get("cycle", "")),
        path=path,
        query=tuple(asked.items()),
    )


def _language(asked: str, remembered: str, accepted: str) -> Language:
    for code in (asked, remembered, *_preferred(accepted)):
        for known in CODES:
            if code == known:
                return known
    return "en"


def _preferred(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=")
        code = tag.strip().lower().partition("-")[0]
        weighted.append((-_weight(weight), code))
    return [code for _, code in sorted(weighted, key=lambda one: one[0])]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _theme(asked: str, remembered: str) -> Theme:
    for word in (asked, remembered):
        if word == "dark":
            return "dark"
        if word == "light":
            return "light"
    return ""


def _cycle(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        return 0
    return min(max(int(text[:6]), CYCLE_MIN_S), CYCLE_MAX_S)
