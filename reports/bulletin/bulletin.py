"""The monthly bulletin (通报), put together. Knows the order of its parts and nothing of a part."""

from collections.abc import Iterator
from typing import Final

from reports.bulletin.by_place import by_port, by_province
from reports.bulletin.compared import Months
from reports.bulletin.fair import by_trait, like_for_like
from reports.bulletin.kept import Promised
from reports.bulletin.method import baselines, made_of, method, port_time, withheld
from reports.bulletin.overall import overall
from reports.bulletin.promises import promises
from reports.bulletin.stay import by_stage
from reports.documents.blocks import Block, Document, Heading, Language, numbered
from reports.documents.voice import Voice, voice
from reports.shapes import Vintage

METHOD: Final = (
    "cohort", "basis", "mean", "ranks", "extremes", "cuts", "rank", "standard", "split", "kept",
    "peak", "disclosure",
)  # fmt: skip
"""What is said of how a bulletin was made, in this order."""


def bulletin(language: Language, months: Months, promised: Promised) -> Document:
    """The bulletin of a month in one language."""
    said, vintage = voice(language), months.now.vintage
    blocks = tuple(_blocks(said, months, promised))
    return Document(
        language=language,
        name=f"bulletin-{vintage.month}",
        kicker=said.say("bulletin.kicker"),
        title=said.say("bulletin.title", month=month_words(said, vintage.month)),
        standing=standing(said, vintage),
        colophon=said.say("colophon", vintage=vintage.id),
        labels=labels(said, f"bulletin-{vintage.month}"),
        blocks=numbered(blocks, *numbering(said)),
    )


def numbering(said: Voice) -> tuple[str, str]:
    """How captions of tables and of charts are numbered, still to be filled in."""
    later = {"number": "{number}", "caption": "{caption}"}
    return said.say("numbered.table", **later), said.say("numbered.chart", **later)


def labels(said: Voice, name: str) -> dict[str, str]:
    """The words of a document's frame, and where it stands in the other language."""
    other: Language = "en" if said.language == "zh" else "zh"
    return {
        "skip": said.say("frame.skip"),
        "contents": said.say("frame.contents"),
        "sibling": f"{name}.{other}.html",
        "sibling_name": said.say("frame.sibling"),
        "sibling_language": "zh-Hans" if other == "zh" else "en",
    }


def standing(said: Voice, vintage: Vintage) -> str:
    """Which vintage, how sure, and when it was made."""
    return said.say(
        "standing.line",
        standing=said.say(f"standing.{vintage.standing}"),
        vintage=vintage.id,
        made_at=port_time(said, vintage.made_at),
    )


def month_words(said: Voice, month: str) -> str:
    """`2026年3月`, `March 2026`; of a span, both ends."""
    first, _, last = month.partition("/")
    if last:
        return said.say("span", first=month_words(said, first), last=month_words(said, last))
    year, number = first.split("-")
    return said.say("month", year=year, name=said.say(f"months.{number}"))


def _blocks(said: Voice, months: Months, promised: Promised) -> Iterator[Block]:
    now = months.now
    yield Heading(said.say("bulletin.overall.title"), "overall")
    yield from overall(said, months)
    yield from by_province(said, months)
    yield from by_port(said, months)
    yield from like_for_like(said, months)
    yield Heading(said.say("bulletin.split.title"), "split")
    yield from by_stage(said, now.sheet("stage-split"))
    yield from by_trait(said, months)
    yield from promises(said, now.sheet("limits"), now.sheet("commitments"), promised)
    yield from withheld(said, now)
    yield from method(said, METHOD)
    yield from baselines(said, months.baselines)
    before = {"month_before": months.month_before, "year_before": months.year_before}
    others = [(key, one.vintage) for key, one in before.items() if one is not None]
    yield from made_of(said, now.vintage, others)
