"""A story document as a page shows it: every label and sentence as `portclock explain` has it.

Pure, and all of its words are those of `timing.story`. Must never know markup.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from serving.asks import Document
from serving.web.drawing import Drawing, drawing, instant
from timing.definitions import definition
from timing.story.words import Language, Sentence, Value, moment

STEPS_SHOWN: Final = 12
"""Of more steps than this, the middle ones are summed up in one line."""


class Row(NamedTuple):
    """A label and what stands beside it, by line. `quoted`: the words are somebody else's."""

    label: str
    lines: tuple[str, ...]
    quoted: bool = False


class Sum(NamedTuple):
    """One line of the arithmetic of a stage."""

    span: str
    took: str
    words: str
    counts: bool


class Chapter(NamedTuple):
    """One stage under one limit, told."""

    name: str
    stage: str
    verdict: str
    verdict_word: str
    sentence: str
    opened_at: int
    party: str
    took: str
    within: str
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]
    urgent: bool


class Told(NamedTuple):
    """A whole story, told."""

    header: tuple[str, ...]
    drawing: Drawing
    chapters: tuple[Chapter, ...]


def tell(document: Document, language: Language) -> Told:
    """Everything that the page of a unit shows of one visit."""
    return Told(
        tuple(_header(document, language)),
        drawing(document),
        tuple(_chapter(one, language) for one in document["stages"]),
    )


def _header(document: Document, language: Language) -> Iterator[str]:
    first = document["stages"][0]["outcome"]
    for word in (first["mode"], first["direction"]):
        if word is not None:
            yield language.traits[word]
    if first["facility"] is not None:
        yield first["facility"]
    yield lasting(document["opened_at"], document["closed_at"], language)
    if document["missing_end"]:
        yield language.sentences["missing-end"]
    yield f"{language.sentences['as-of']} {moment(instant(document['judged_up_to']))}"


def lasting(opened: str, closed: str | None, language: Language) -> str:
    """From when to when, or since when."""
    values: dict[str, Value] = {"opened_at": instant(opened)}
    if closed is None:
        return language.say(Sentence("since", values))
    return language.say(Sentence("from-to", {**values, "closed_at": instant(closed)}))


def _chapter(stage: Document, language: Language) -> Chapter:
    outcome = stage["outcome"]
    limit, name = outcome["limit"], f"{outcome['stage']}#{outcome['occurrence']}"
    return Chapter(
        name=name,
        stage=language.stage(name),
        verdict=outcome["verdict"],
        verdict_word=language.verdicts[outcome["verdict"]],
        sentence=stage["verdict"]["words"],
        opened_at=instant(outcome["opened_at"]),
        party=language.parties[outcome["answers"]],
        took=language.duration(stage["net_s"]),
        within="" if limit is None else language.duration(limit["limit_s"]),
        rows=tuple(_rows(stage, language)),
        sums=tuple(_sums(stage, language)),
        urgent=outcome["verdict"] in ("breached", "open") and limit is not None,
    )


def _rows(stage: Document, language: Language) -> Iterator[Row]:
    """What a verdict rests on, as label and lines."""
    outcome, said = stage["outcome"], language.sentences
    answers = Sentence("answers", {"party": outcome["answers"]})
    when = lasting(outcome["opened_at"], outcome["closed_at"], language)
    yield Row(said["when"], (f"{when} · {language.say(answers)}",))
    if outcome["definition"] is not None:
        yield Row(said["definition"], (_definition(outcome["definition"], language),))
    yield from _limit(stage, language)
    if len(outcome["split_s"]) > 1:
        yield Row(said["split"], (_split(stage, language),))
    if outcome["deadline_at"] is not None:
        yield Row(said["deadline"], (moment(instant(outcome["deadline_at"])),))
    for flag in outcome["flags"]:
        if flag != stage["verdict"].get("reason"):
            yield Row(said["note"], (language.flags[flag],))


def _definition(id_: str, language: Language) -> str:
    found = definition(id_)
    told = found.chinese if language.code == "zh" else found.english
    return f"{found.id}: {told} ({language.sentences[found.status]}); {found.source}"


def _limit(stage: Document, language: Language) -> Iterator[Row]:
    limit, said = stage["outcome"]["limit"], language.sentences
    if limit is None:
        if stage["in_force"]:
            yield Row(said["in-force"], (", ".join(stage["in_force"]),))
        return
    since = stage["effective_from"] or ""
    since = f" ({said['undated'] if since == 'undated' else since})" if since else ""
    yield Row(said["limit"], (f"{limit['id']} · {limit['edition']}{since}",))
    if stage["words"]:
        yield Row(said["words"], (stage["words"],), quoted=True)
    if stage["title"]:
        yield Row(said["source"], (f"{stage['title']}, {stage['issuer']}; {stage['source']}",))
    if stage["allowance"]:
        yield Row(said["allowance"], tuple(one["words"] for one in stage["allowance"]))
    if stage["calendar"]:
        yield Row(said["calendar"], (stage["calendar"]["words"],))


def _split(stage: Document, language: Language) -> str:
    parts = (
        Sentence("part", {"party": party, "part_s": part_s})
        for party, part_s in stage["outcome"]["split_s"].items()
    )
    return " + ".join(map(language.say, parts)) + f" = {language.duration(stage['gross_s'])}"


def _sums(stage: Document, language: Language) -> Iterator[Sum]:
    """The steps, the middle of many left out but summed, and what they come to."""
    steps = stage["steps"]
    if stage["outcome"]["limit"] is None and len(steps) <= 1:
        return
    ends = STEPS_SHOWN // 2 if len(steps) > STEPS_SHOWN else len(steps)
    for step in steps[:ends]:
        yield _sum(step, language)
    if middle := steps[ends:-ends]:
        counted_s = sum(step["took_s"] for step in middle if step["counts"])
        more = Sentence("more-steps", {"steps": len(middle), "counted_s": counted_s})
        yield Sum("…", "", language.say(more), False)
        for step in steps[-ends:]:
            yield _sum(step, language)
    total = Sentence("sums", {"gross_s": stage["gross_s"], "net_s": stage["net_s"]})
    yield Sum("=", "", language.say(total), True)


def _sum(step: Document, language: Language) -> Sum:
    return Sum(
        f"{moment(instant(step['from']))} – {moment(instant(step['to']))}",
        language.duration(step["took_s"]),
        step["words"],
        step["counts"],
    )
