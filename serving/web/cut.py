"""A story cut to what its reader may see. Pure.

A stage is shown to whoever may see it (`Viewer.sees`); an event is shown if it did something to a
stage that is. What an event did is said again of those stages alone, for a sentence names them all.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from events.instants import parse_instant
from serving.access.viewers import Viewer
from serving.asks import Document
from timing.story.words import Language, Sentence, Value

_NOT_VALUES: Final = frozenset({"deed", "words"})


def cut(document: Document, viewer: Viewer, language: Language) -> Document | None:
    """The document with only what concerns this viewer; None when nothing of it does.

    `cut` in it says whether anything was left out.
    """
    stages = [one for one in document["stages"] if _seen(one["outcome"], viewer)]
    if not stages:
        return None
    if len(stages) == len(document["stages"]):
        return {**document, "cut": False}
    shown = {_name(one["outcome"]) for one in stages}
    return {
        **document,
        "stages": stages,
        "events": list(_events(document["events"], shown, language)),
        # Another visit may have been a neighbour's; what is on its way is not theirs to name.
        "visits": [
            one for one in document.get("visits", ()) if one["visit_id"] == document["visit_id"]
        ],
        "landing": [],
        "differences": [one for one in document.get("differences", ()) if _name(one) in shown],
        "cut": True,
    }


def _seen(outcome: Document, viewer: Viewer) -> bool:
    return viewer.sees(outcome["port"], outcome["facility"], outcome["stage"], outcome["answers"])


def _name(stage: Document) -> str:
    """As acts name a stage: `box-move#1`."""
    return f"{stage['stage']}#{stage['occurrence']}"


def _events(events: Iterable[Document], shown: set[str], language: Language) -> Iterator[Document]:
    for event in events:
        did = [said for act in event["did"] if (said := _act(act, shown, language))]
        if any("stage" in act for act in did):
            yield {**event, "did": did}


def _act(act: Document, shown: set[str], language: Language) -> Document | None:
    """What an event did to the stages that are shown; None where that is nothing."""
    if "stage" not in act:
        return act
    stages = tuple(stage for stage in act["stage"] if stage in shown)
    if not stages:
        return None
    kept = {**act, "stage": stages}
    values = {name: _value(name, kept[name]) for name in kept.keys() - _NOT_VALUES}
    return {**kept, "words": language.say(Sentence(act["deed"], values))}


def _value(name: str, value: Any) -> Value:
    """As sentences want it: the wire writes instants in words."""
    if name.endswith("_at") and isinstance(value, str):
        return int(parse_instant(value).timestamp())
    said: Value = value
    return said
