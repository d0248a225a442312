"""The quality of feeds as tables for people, in English and Chinese headings. Pure."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from portclock.feed_document import complete_share
from serving.asks import FeedQuality, Quality, StageEnds, UnknownWord
from serving.web.saying import brief
from timing.story.english import ENGLISH

NOTHING = "–"


def tables(found: Quality) -> Iterator[Table]:
    """Feeds, how late they are, unknown words, and stages of which ends are missing: those that
    have something to say. One table of feeds always."""
    yield _messages(found.feeds)
    timed = [one for one in found.feeds if one.received_after_s]
    if timed:
        yield _times(timed)
    if found.unknown:
        yield _unknown(found.unknown)
    lacking = [one for one in found.ends if one.missing or (one.begun and not one.ended)]
    if lacking:
        yield _missing(lacking)


def _table(title: str, *headings: str) -> Table:
    """Headings that begin with > are of numbers."""
    drawn = Table(
        title=f"\n{title}", title_style="bold", title_justify="left", box=None,
        padding=(0, 1, 0, 0), header_style="dim",
    )  # fmt: skip
    for heading in headings:
        number = heading.startswith(">")
        drawn.add_column(
            heading.removeprefix(">"),
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=number,
        )
    return drawn


def _messages(feeds: Sequence[FeedQuality]) -> Table:
    drawn = _table(
        "Feeds 数据源", "source\n来源", "topic\n主题", ">messages\n报文", ">refused\n退回",
        ">check digit\n校验位", ">unknown\n未知", ">again\n重复", ">complete\n完整",
    )  # fmt: skip
    for one in feeds:
        drawn.add_row(
            one.source or NOTHING, one.topic, f"{one.messages:,}", _bad(one.refused),
            _bad(one.check_digits), _bad(one.unknown), _bad(one.told_again),
            _share(complete_share(one.ended, one.missing)),
        )  # fmt: skip
    return drawn


def _times(feeds: Sequence[FeedQuality]) -> Table:
    drawn = _table(
        "Later than it happened 迟报 (half, 95 %, most 半数、95%、最多); clock 时钟",
        "source\n来源", "topic\n主题", ">written down\n记录", ">received\n收到",
        ">clock: least, half\n时钟差", ">ahead\n超前",
    )  # fmt: skip
    for one in feeds:
        drawn.add_row(
            one.source, one.topic, _lengths(one.recorded_after_s), _lengths(one.received_after_s),
            _lengths(one.clock_s), _bad(one.ahead + one.future),
        )  # fmt: skip
    return drawn


def _unknown(words: Sequence[UnknownWord]) -> Table:
    drawn = _table(
        "Unknown words 未知代码", "source\n来源", "reason\n原因", "word\n代码", ">times\n次数",
        "first, at\n首例",
    )  # fmt: skip
    for one in words:
        example = Text.assemble(one.first_detail, (f"\n{one.first_place}", "dim"))
        drawn.add_row(one.source or NOTHING, one.reason, one.code or NOTHING, f"{one.messages:,}",
                      example)  # fmt: skip
    return drawn


def _missing(ends: Sequence[StageEnds]) -> Table:
    drawn = _table(
        "Ends that nobody reported 缺报终点", "port\n口岸", "facility\n设施", "stage\n环节",
        ">begun\n开始", ">ended\n结束", ">inferred\n推定", ">overdue\n超久",
        "expected, told by\n应报事件、报送方",
    )  # fmt: skip
    for one in ends:
        told_by = ", ".join(one.told_by) or "nobody 无人报送"
        expected = Text.assemble(" | ".join(one.expected), (f"\n{told_by}", "dim"))
        drawn.add_row(
            one.port, one.facility or NOTHING, one.stage, f"{one.begun:,}", f"{one.ended:,}",
            _bad(one.inferred), _bad(one.overdue), expected,
        )  # fmt: skip
    return drawn


def _bad(count: int) -> Text:
    return Text(f"{count:,}", "yellow" if count else "dim")


def _share(share: float | None) -> str:
    """Cut, not rounded: all of them is 100.0 %, and nothing less is."""
    return NOTHING if share is None else f"{int(share * 1000) / 10:.1f} %"


def _lengths(times: Sequence[int] | None) -> str:
    return NOTHING if times is None else " / ".join(_length(one) for one in times)


def _length(seconds: int) -> str:
    return ("-" if seconds < 0 else "") + brief(seconds, ENGLISH)
