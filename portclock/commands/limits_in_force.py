"""What is in force at a port at an instant: one document for programs, and the same as lines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portclock.commands import limits_words as words
from timing.editions import Edition
from timing.kinds.limit import Limit
from timing.limits import Register
from timing.scope import Scope
from timing.stages import CHINESE
from timing.written import LOCAL_TIME

_SCOPE = frozenset(Scope.model_fields)
_CALLS = frozenset({"trade", "service", "boxes_from", "boxes_over", "boxes_upto"})
Document = dict[str, Any]


def document(register: Register, port: str, moment: datetime) -> Document:
    """Editions, limits by stage, commitments, and what is not judged, of one port."""
    at = int(moment.timestamp())
    editions = register.editions_at(port, at)
    return {
        "port": port,
        "at": moment.astimezone(LOCAL_TIME).isoformat(),
        "editions": [_edition(one) for one in editions],
        "stages": list(_stages(editions, at)),
        "commitments": [_promise(p, one) for one in editions for p in one.commitment],
        "unexpressed": [
            {**row.model_dump(), "edition": one.edition}
            for one in editions
            for row in one.unexpressed
        ],
    }


def _edition(edition: Edition) -> Document:
    keys = {
        "edition", "issuer", "title", "status", "source", "effective_from", "effective_to",
        "exclusions",
    }  # fmt: skip
    return edition.model_dump(mode="json", include=keys)


def _stages(editions: tuple[Edition, ...], at: int) -> Iterator[Document]:
    pairs = [(limit, edition) for edition in editions for limit in edition.limit]
    for stage in dict.fromkeys(limit.stage for limit, _ in pairs):
        limits = [_limit(limit, edition, at) for limit, edition in pairs if limit.stage == stage]
        yield {"stage": stage, "chinese": CHINESE[stage], "limits": limits}


def _limit(limit: Limit, edition: Edition, at: int) -> Document:
    override = next((one for one in limit.overrides if one.holds_at(at)), None)
    said = {
        "id": limit.id,
        "kind": limit.kind,
        "allowance": words.allowance(override or limit)._asdict(),
        "override": override.model_dump(mode="json", by_alias=True) if override else None,
        "calendar": {
            "id": limit.calendar,
            **words.calendar(edition.calendar_of(limit))._asdict(),
        },
        "scope": _narrowed(limit.model_dump(mode="json", include=set(_SCOPE))),
        "words": limit.words,
    }
    return {**said, "edition": edition.edition, "source": edition.source}


def _promise(promise: Any, edition: Edition) -> Document:
    dumped = promise.model_dump(mode="json")
    scope = _narrowed({k: v for k, v in dumped.items() if k in _SCOPE | _CALLS})
    named = {key: dumped[key] for key in ("of", "stage") if dumped.get(key)}
    said = {key: dumped[key] for key in ("id", "kind", "period", "words")}
    promised = words.promise(promise)._asdict()
    about = {**said, **named, "promise": promised, "scope": scope}
    return {**about, "edition": edition.edition, "source": edition.source}


def _narrowed(scope: Document) -> Document:
    """Only what narrows."""
    return {key: value for key, value in scope.items() if value not in (None, [], ())}


def lines(said: Document) -> Iterator[str]:
    """The document for people, under Chinese and English headings."""
    yield f"{said['port']}  {said['at']}"
    for edition in said["editions"]:
        yield from _edition_lines(edition)
    if not said["editions"]:
        yield "无有效时限 nothing is in force"
    for stage in said["stages"]:
        yield f"\n{stage['chinese']} {stage['stage']}"
        for limit in stage["limits"]:
            yield from _limit_lines(limit)
    if said["commitments"]:
        yield "\n承诺 commitments"
    for promise in said["commitments"]:
        yield from _promise_lines(promise)
    if said["unexpressed"]:
        yield "\n未计 not judged"
    for row in said["unexpressed"]:
        yield f"  {row['words']} ({row['reason']})"


def _edition_lines(edition: Document) -> Iterator[str]:
    until = f" 至 to {edition['effective_to']}" if edition["effective_to"] else ""
    since = f"自 from {edition['effective_from']}{until}"
    yield f"  {edition['edition']}  {edition['title']} ({edition['issuer']}, {edition['status']})"
    yield from _line("生效", "in force", since)
    yield from _line("来源", "source", edition["source"])
    yield from _line("除外", "except", edition["exclusions"])


def _limit_lines(limit: Document) -> Iterator[str]:
    yield from _line("时限", "limit", str(words.Phrase(**limit["allowance"])))
    if override := limit["override"]:
        until = f" - {override['to']}" if override["to"] else ""
        yield from _line("临时", "override", f"{override['reason']} {override['from']}{until}")
    by = limit["calendar"]
    yield from _line("日历", "calendar", f"{by['id']}: {words.Phrase(by['zh'], by['en'])}")
    yield from _line("范围", "scope", words.scope(limit["scope"]))
    yield from _line("原文", "words", limit["words"])
    yield from _line("条款", "article", f"{limit['id']} @ {limit['edition']}")


def _promise_lines(promise: Document) -> Iterator[str]:
    about = promise.get("of") or ", ".join(promise.get("stage", ()))
    said = str(words.Phrase(**promise["promise"]))
    yield from _line("承诺", "promise", f"{said}, 每月 per {promise['period']}")
    yield from _line("对象", "about", about)
    yield from _line("范围", "scope", words.scope(promise["scope"]))
    yield from _line("原文", "words", promise["words"])
    yield from _line("条款", "article", f"{promise['id']} @ {promise['edition']}")
    yield ""


def _line(zh: str, en: str, said: str) -> Iterator[str]:
    if said:
        yield f"    {zh} {en:<9} {said}"
