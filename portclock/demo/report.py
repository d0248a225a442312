"""What the demo says at its end, for people: verdicts, the balance, agreement."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from portclock.demo.balance import Balance
from portclock.verdicts import Tally, table


def report(balance: Balance, tallies: Iterable[Tally]) -> RenderableType:
    """What came of it: verdicts, the balance, whether the tables agree with the judge."""
    return Group(
        Text(),
        table(tallies),
        Text(),
        _balance(balance),
        Text(),
        _agreement(balance),
        Text(),
    )


def _balance(balance: Balance) -> Table:
    sent, landed = balance.sent, balance.landed
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(justify="right")
    for number, words in (
        (sent.messages, "messages sent 已发报文"),
        (sent.split, "more events from messages of many units 拆分"),
        (-sent.duplicates, "said twice 重复"),
        (-sent.corrections, "further versions of an event 更正"),
        (sent.events, "distinct events 事件, of which"),
        (landed.judged, "judged in a visit 已判定"),
        (landed.kept, "kept, not yet relevant 留存"),
        (landed.quarantined, "refused with a reason 隔离"),
        (balance.unexplained, "unexplained 无法解释"),
    ):
        grid.add_row(f"{number:,}", Text(words, "dim"))
    return grid


def _agreement(balance: Balance) -> Text:
    if balance.agrees:
        lines = f"{balance.landed.outcomes:,} outcomes"
        return Text(f"✓ the tables equal the offline judge, byte for byte ({lines})", "bold green")
    return Text(
        "\n".join(["✗ the tables and the offline judge disagree", *balance.disagreement()]), "red"
    )
