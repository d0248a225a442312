"""The live view: a scene becomes a picture. Pure; the same scene is always the same picture.

English and Chinese stand side by side; the Chinese of a stage comes from the stage table.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from portclock.demo.scene import AtRisk, Feed, Scene, Service, StageCount
from timing.stages import CHINESE

PORT_TIME = timezone(timedelta(hours=8), "北京时间")
URGENT_ROWS = 6
STAGE_ROWS = 7
LEFT_WIDTH = 74
RIGHT_WIDTH = 47
WIDE = LEFT_WIDTH + RIGHT_WIDTH + 1
GAUGE_WIDTH = 7
COUNTS = (
    ("outcomes", "outcomes 结果"),
    ("breached", "breached 超时"),
    ("judged", "judged 已判定"),
    ("kept", "kept 留存"),
    ("quarantined", "refused 隔离"),
    ("alerts", "alerts 预警"),
)


def render(scene: Scene, *, wide: bool = True) -> RenderableType:
    """The whole view; `wide` needs WIDE columns, else what matters most is shown in 80."""
    left = Group(_urgent(scene), _stages(scene.stages))
    if not wide:
        return Group(_header(scene), left)
    right = Group(_feeds(scene.feeds, scene.event_at), _services(scene.services), _counts(scene))
    side_by_side = Table.grid(padding=(0, 1, 0, 0))
    side_by_side.add_row(left, right)
    return Group(_header(scene), side_by_side)


def _chinese(stage: str) -> Text:
    return Text(CHINESE.get(stage, ""), "cyan")


def _header(scene: Scene) -> RenderableType:
    title = Text.assemble(
        ("portclock", "bold"), "  ", scene.phase, "  ", (_clock(scene.event_at), "bold cyan")
    )
    bar = ProgressBar(
        total=max(scene.total, 1), completed=scene.sent, width=40, complete_style="cyan"
    )
    line = Table.grid(padding=(0, 2, 0, 0))
    told = f"{scene.sent:,} of {scene.total:,} · {scene.elapsed_s:.0f} s · seed {scene.seed}"
    line.add_row(bar, Text(told, "dim"))
    return Group(title, line)


def _urgent(scene: Scene) -> RenderableType:
    """The nearest deadlines, and below them, as far as there is room, the latest breaches."""
    table = _table("unit\n箱号", "stage\n环节", "\n", "left\n剩余", "\n")
    table.columns[3].justify = "right"
    at_risk = scene.at_risk[: URGENT_ROWS - 1] if scene.as_of else ()
    for row in at_risk:
        assert scene.as_of is not None
        left_s = row.left_s(scene.as_of)
        left = Text(minutes(left_s), _urgency(left_s, row.limit_s))
        table.add_row(row.unit, row.stage, _chinese(row.stage), left, _gauge(row, left_s))
    for breach in scene.breaches[: URGENT_ROWS - len(at_risk)]:
        over = Text(f"+{minutes(breach.over_s)}", "bold red")
        table.add_row(
            breach.unit, breach.stage, _chinese(breach.stage), over, Text("over 超", "red")
        )
    return _panel(
        table, "closest to their limit, then just over 临近与超时", LEFT_WIDTH, URGENT_ROWS
    )


def minutes(seconds: int) -> str:
    """`45 s`, `12 min`, `3 h 05`, `2 d 04 h`: as people say how long is left."""
    if seconds < 60:
        return f"{seconds} s"
    whole = seconds // 60
    if whole < 120:
        return f"{whole} min"
    hours = whole // 60
    return f"{hours} h {whole % 60:02}" if hours < 48 else f"{hours // 24} d {hours % 24:02} h"


def _gauge(row: AtRisk, left_s: int) -> Text:
    """How much of the allowance is used up."""
    used = 1 - min(1.0, left_s / max(1, row.limit_s))
    filled = round(used * GAUGE_WIDTH)
    style = _urgency(left_s, row.limit_s)
    return Text.assemble(("━" * filled, style), ("━" * (GAUGE_WIDTH - filled), "bright_black"))


def _urgency(left_s: int, limit_s: int) -> str:
    share = left_s / max(1, limit_s)
    return "red" if share < 0.15 else "yellow" if share < 0.4 else "green"


def _stages(rows: Sequence[StageCount]) -> RenderableType:
    table = _table("stage\n环节", "\n", "met\n达标", "breached\n超时", "open\n进行中")
    for column in table.columns[2:]:
        column.justify = "right"
    for row in sorted(rows, key=_most_telling)[:STAGE_ROWS]:
        table.add_row(
            row.stage,
            _chinese(row.stage),
            _number(row.met, "green"),
            _number(row.breached, "red"),
            _number(row.open, "default"),
        )
    return _panel(table, "judged by published limits 按公布时限判定", LEFT_WIDTH, STAGE_ROWS)


def _most_telling(row: StageCount) -> tuple[int, str]:
    return -(row.met + row.breached + row.excused), row.stage


def _feeds(rows: Sequence[Feed], now: datetime | None) -> RenderableType:
    table = _table("feed\n来源", "sent\n已发", "lag\n积压", "refused\n隔离", "last\n最近")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(
            row.topic.removesuffix("-events"),
            f"{row.sent:,}",
            Text("·", "dim") if row.lag is None else _number(row.lag, "yellow"),
            _number(row.refused, "magenta"),
            Text(_ago(row.last_event_at, now), "dim"),
        )
    return _panel(table, "feeds 数据源", RIGHT_WIDTH, len(rows))


def _services(rows: Sequence[Service]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        again = f"restarted {row.restarts}×" if row.restarts else ""
        mark = Text("●", "green" if row.up else "yellow")
        grid.add_row(mark, row.name, Text.assemble((row.state, "dim"), " ", (again, "magenta")))
    return _panel(grid, "services 服务", RIGHT_WIDTH, 0)


def _counts(scene: Scene) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for column in range(4):
        grid.add_column(justify="left" if column % 2 else "right")
    cells = [(f"{scene.counts.get(name, 0):,}", Text(words, "dim")) for name, words in COUNTS]
    for one, other in zip(cells[::2], cells[1::2], strict=True):
        grid.add_row(*one, *other)
    return _panel(grid, "in the tables 已入库", RIGHT_WIDTH, 0)


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, header_style="dim")
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table


def _panel(body: Table, title: str, width: int, rows: int) -> Panel:
    """A frame that keeps its height while rows come and go, so that the eye can rest."""
    height = rows + 4 if rows else None
    return Panel(
        body,
        title=Text(title, "bold"),
        title_align="left",
        border_style="bright_black",
        width=width,
        height=height,
    )


def _number(value: int, style: str) -> Text:
    return Text(f"{value:,}", style) if value else Text("·", "dim")


def _clock(moment: datetime | None) -> str:
    return moment.astimezone(PORT_TIME).strftime("%m-%d %H:%M 北京时间") if moment else "--:--"


def _ago(moment: datetime | None, now: datetime | None) -> str:
    """Roughly: seconds, minutes, hours or days."""
    if moment is None or now is None:
        return "·"
    seconds = max(0, int((now - moment).total_seconds()))
    for unit_s, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds // unit_s} {unit}"
    return f"{seconds} s"
