"""How numbers are written for people: the same in every form and in both languages.

Knows signs, digits and decimals; must never know what a number is of. Nothing is rounded here but
by `timing.series.rounded`, half up, as bulletins print.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from timing.series import rounded

MINUS = "−"
NOTHING = "–"


def count(number: int) -> str:
    """`12,345`."""
    return _signed(f"{number:,}")


def decimal(value: Decimal, places: int = 2) -> str:
    """`1,033.21`: with exactly so many decimals. Raises ValueError if that would lose some."""
    written = value.quantize(Decimal(1).scaleb(-places))
    if written != value:
        raise ValueError(f"{value} has more than {places} decimals; round it where it is made")
    return _signed(f"{written:,}")


def part(whole: Decimal | int, of: Decimal | int, places: int = 2) -> Decimal | None:
    """How many per cent one number is of another; None of nothing."""
    return rounded(Fraction(whole) / Fraction(of) * 100, places) if of else None


def apportioned(parts: Sequence[Decimal], whole: Decimal) -> tuple[Decimal, ...]:
    """Parts with the decimals of `whole`, so that as printed they sum to it exactly.

    Each is rounded half up. What they then lack, or have too much, is one unit of the last decimal
    for each of those that rounding moved furthest the other way (largest remainder); where it
    moved none further, for the larger ones, which it changes least. Raises ValueError where that
    is not enough: then the parts are not of that whole.
    """
    places = _places(whole)
    step = Decimal(1).scaleb(-places)
    found = [rounded(Fraction(one), places) for one in parts]
    missing = int((whole - sum(found, Decimal(0))) / step)
    if abs(missing) > len(parts):
        raise ValueError(f"{', '.join(map(str, parts))} do not sum to {whole}")
    sign = 1 if missing > 0 else -1
    furthest = sorted(
        range(len(parts)), key=lambda at: (sign * (found[at] - parts[at]), -parts[at])
    )
    for at in furthest[: abs(missing)]:
        found[at] += sign * step
    return tuple(found)


def _places(printed: Decimal) -> int:
    exponent = printed.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
