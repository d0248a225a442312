"""Whose stages a board speaks of: the conditions that its variables and its readers set.

A variable reaches SQL only in Grafana's own quoting (`singlequote`), and a variable that says All
drops its condition. Both are done in the browser; an alert rule can use neither.
"""

from typing import Final

from dashboards.language import quoted

CUSTOMS_STAGES: Final = (
    "clearance-preparation", "customs-clearance", "inspection", "inspection-positioning",
    "inspection-wait", "lab-test", "manifest-notice", "overall-clearance", "release-time",
)  # fmt: skip
"""What concerns customs beside the stages that customs answer for, as on the live board."""
INSPECTION_STAGES: Final = ("inspection-positioning", "inspection-wait", "inspection", "lab-test")


def chosen(column: str, variable: str = "") -> str:
    """The condition that a column has one of the values chosen in a variable of its name."""
    name = variable or column
    return f"$__conditionalAll({column} IN (${{{name}:singlequote}}), ${name})"


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition that a column has one of these values."""
    return f"{column} IN ({', '.join(map(quoted, values))})"


PLACE: Final = f"{chosen('port')}\n    AND {chosen('facility')}"
OPERATIONS: Final = f"{PLACE}\n    AND {chosen('stage')}"
CUSTOMS: Final = f"{OPERATIONS}\n    AND ({one_of('stage', CUSTOMS_STAGES)} OR answers = 'customs')"
EVERYWHERE: Final = chosen("port")
"""For questions that are about one stage, or about none."""
