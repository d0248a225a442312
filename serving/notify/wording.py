"""A message in words: what, where, since when, how long over, who answers, where to look.

Pure but for the table beside it. What is true was decided before; nothing here judges.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from serving.notify.errands import Facts, Outgoing
from serving.notify.intake import is_withdrawn
from serving.notify.routes import Language, Told
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH
from timing.story.words import Language as Tongue
from timing.story.words import moment

WORDS: Final = Path(__file__).parent / "words.toml"
TONGUES: Final[Mapping[str, Tongue]] = {"zh": CHINESE, "en": ENGLISH}
ORDER: Final = (Told.ESCALATED, Told.BREACHED, Told.AT_RISK, Told.RESOLVED, Told.RETRACTED)
"""What is most urgent is said first."""
Table = Literal["state", "title", "line", "say"]


class Words(NamedTuple):
    """A message for people: one line of title, and the lines of its body."""

    title: str
    lines: tuple[str, ...]

    @property
    def body(self) -> str:
        """All lines below the title."""
        return "\n".join(self.lines)


def words_of(
    outgoing: Outgoing, language: Language, board_url: str | None, bytes_max: int
) -> Words:
    """The message, in one language or in both, in at most `bytes_max` bytes of UTF-8.

    Lines that have no room are counted; the link and the message's number always stand.
    """
    tongues = ("zh", "en") if language == "both" else (language,)
    title = " / ".join(_title(outgoing, tongue) for tongue in tongues)
    room = (bytes_max - _size(title)) // len(tongues)
    lines = [line for tongue in tongues for line in _body(outgoing, tongue, board_url, room)]
    return Words(title, tuple(lines))


def in_order(outgoing: Outgoing) -> list[Facts]:
    """What a message tells, in the order in which it is said."""
    return sorted(outgoing.told, key=lambda facts: (ORDER.index(facts.state), facts.raised_s))


def link_of(facts: Facts, board_url: str | None) -> str | None:
    """Where the visit is shown on the board; None when nobody said where the board is."""
    if not board_url:
        return None
    return f"{board_url.rstrip('/')}/unit/{quote(facts.visit_id, safe='/')}"


def said(facts: Facts, tongue: str) -> str:
    """One sentence about one incident."""
    return _say(tongue, "line", _line_of(facts), **_values(facts, tongue))


def _title(outgoing: Outgoing, tongue: str) -> str:
    told = outgoing.told
    if len(told) == 1 and outgoing.kind != "suspension":
        values = _values(told[0], tongue)
        return _say(tongue, "title", "one", **values)
    breached = sum(facts.state in (Told.BREACHED, Told.ESCALATED) for facts in told)
    return _say(
        *(tongue, "title", outgoing.kind),
        port=outgoing.port,
        count=str(len(told)),
        breached=str(breached),
        cause=outgoing.cause_id or _say(tongue, "say", "unknown"),
    )


def _body(outgoing: Outgoing, tongue: str, board_url: str | None, room: int) -> Iterator[str]:
    foot = list(_foot(outgoing, tongue, board_url))
    told = in_order(outgoing)
    most = _say(tongue, "say", "more", count=str(len(told)))
    left = room - sum(_size(line) for line in (*foot, most))
    shown = 0
    for facts in told:
        line = said(facts, tongue)
        left -= _size(line)
        if left < 0:
            break
        shown += 1
        yield line
    if shown < len(told):
        yield _say(tongue, "say", "more", count=str(len(told) - shown))
    yield from foot


def _foot(outgoing: Outgoing, tongue: str, board_url: str | None) -> Iterator[str]:
    if board_url:
        one = link_of(outgoing.told[0], board_url) if len(outgoing.told) == 1 else None
        link = one or f"{board_url.rstrip('/')}/breaches?port={quote(outgoing.port)}"
        yield _say(tongue, "say", "board", link=link)
    yield _say(tongue, "say", "number", id=outgoing.id)


def _line_of(facts: Facts) -> str:
    if is_withdrawn(facts.state, facts.cause_what):
        return "suspended"
    if facts.state is Told.RESOLVED and facts.was_breached:
        late = facts.deadline_s is not None and facts.raised_s > facts.deadline_s
        return "resolved-late" if late else "resolved-over"
    return facts.state.value


def _values(facts: Facts, tongue: str) -> dict[str, str]:
    language, unknown = TONGUES[tongue], _say(tongue, "say", "unknown")
    name = facts.stage if facts.occurrence == 1 else f"{facts.stage}#{facts.occurrence}"
    over_s = 0 if facts.deadline_s is None else max(0, facts.raised_s - facts.deadline_s)
    place = (facts.port, facts.facility) if facts.facility else (facts.port,)
    return {
        "state": _say(tongue, "state", facts.state.value),
        "unit": facts.unit_id,
        "stage": language.stage(name),
        "place": " ".join(place),
        "raised": moment(facts.raised_s),
        "deadline": unknown if facts.deadline_s is None else moment(facts.deadline_s),
        "limit": language.duration(facts.limit_s),
        "over": language.duration(over_s),
        "answers": language.parties.get(facts.answers, facts.answers),
        "cause": facts.cause_id or unknown,
        "to": facts.to or unknown,
    }


def _say(tongue: str, table: Table, key: str, **values: str) -> str:
    return _tables()[tongue][table][key].format_map(values)


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def _size(line: str) -> int:
    """In bytes, with the end of the line."""
    return len(line.encode()) + 1
