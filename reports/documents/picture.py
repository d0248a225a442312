"""A frame for pictures of hours: rows with a label on the left, an axis in hours, words beside.

Pictures are SVG with their text as text. Colours stand in the shapes for paper and as classes for
a page, which may have a dark side. Places are whole tenths of a unit, so the same figures are the
same bytes everywhere. Must never know what is measured.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from html import escape
from typing import Final, NamedTuple

WIDE: Final = 760
LABELS: Final = 150
BESIDE: Final = 110
ROW: Final = 23
TOP: Final = 26
PLOT: Final = WIDE - LABELS - BESIDE

INK: Final = "#1b2733"
FAINT: Final = "#5b6875"
RULE: Final = "#d5dce3"
TONES: Final = ("#12436d", "#28a197", "#801650", "#f46a25")
"""Four tones that stay apart for colour-blind eyes (the categorical palette of the Government
Analysis Function, https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts/)."""
PALE: Final = "#9fb4c7"

FAMILIES: Final = (
    "'Libertinus Serif', 'Noto Serif CJK SC', 'Source Han Serif SC', 'Songti SC', serif"
)
_STEPS: Final = (1, 2, 5)


class Scale(NamedTuple):
    """An axis from nought: `step` between its lines, `top` at its end, in hours."""

    step: Decimal
    top: Decimal

    def place(self, hours: Decimal) -> Decimal:
        """How far from the left of the picture, in tenths."""
        along = LABELS + PLOT * hours / self.top
        return along.quantize(Decimal("0.1"))


def scale(largest: Decimal) -> Scale:
    """An axis of at most six steps of 1, 2 or 5 that holds the largest value."""
    power = -2
    while True:
        for step in _STEPS:
            width = Decimal(step).scaleb(power)
            if width * 6 >= largest:
                lines = max(1, int((largest / width).to_integral_value(ROUND_CEILING)))
                return Scale(width, width * lines)
        power += 1


def text(x: Decimal | int, y: Decimal | int, words: str, *, anchor: str = "start") -> str:
    """Words in the colour of ink."""
    return (
        f'<text class="ink" x="{x}" y="{y}" text-anchor="{anchor}" fill="{INK}">'
        f"{escape(words)}</text>"
    )


def faint(x: Decimal | int, y: Decimal | int, words: str, *, anchor: str = "middle") -> str:
    """Small words of the axis."""
    return (
        f'<text class="faint" x="{x}" y="{y}" text-anchor="{anchor}" fill="{FAINT}" '
        f'font-size="11">{escape(words)}</text>'
    )


def bar(box: tuple[Decimal, Decimal, Decimal, Decimal], name: str, fill: str) -> str:
    """A filled box: left, top, right, bottom."""
    left, top, right, bottom = box
    return (
        f'<rect class="{name}" x="{left}" y="{top}" width="{max(right - left, Decimal("0.5"))}" '
        f'height="{bottom - top}" fill="{fill}"/>'
    )


def line(a: tuple[Decimal, Decimal], b: tuple[Decimal, Decimal], name: str, wide: str) -> str:
    """A line from a to b; of the class `rule` it is pale, else dark."""
    colour = RULE if name == "rule" else INK
    return (
        f'<line class="{name}" x1="{a[0]}" y1="{a[1]}" x2="{b[0]}" y2="{b[1]}" '
        f'stroke="{colour}" stroke-width="{wide}"/>'
    )


def axis(of: Scale, bottom: int, unit: str) -> list[str]:
    """The lines and numbers of an axis above the rows."""
    found, at = list[str](), Decimal(0)
    while at <= of.top:
        x = of.place(at)
        found.append(line((x, Decimal(TOP - 6)), (x, Decimal(bottom)), "rule", "1"))
        found.append(faint(x, TOP - 12, f"{at.normalize():f}"))
        at += of.step
    return [*found, faint(WIDE, TOP - 12, unit, anchor="end")]


def drawn(parts: Sequence[str], height: int) -> str:
    """The picture around its parts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" font-size="13" '
        f'font-family="{FAMILIES}">' + "".join(parts) + "</svg>"
    )
