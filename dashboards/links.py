"""Ways on from a board: to the other boards, and to the live board of the house.

The address of the live board is a constant of the board, so that nobody can be sent elsewhere by a
parameter of a link. Must never know a statement.
"""

from typing import Final

from dashboards.language import Words
from dashboards.sdk import dashboard, models

LIVE_BOARD: Final = "http://127.0.0.1:8700"
"""Where `portclock serve` listens unless told otherwise; `boards render --live` names another."""
_OF_ROW: Final = "${{__data.fields.{}:percentencode}}"
VISIT: Final = "/".join(
    ["${board}/unit", *map(_OF_ROW.format, ("at_port", "unit_id", "visit_instant"))]
)
"""The story of a visit on the live board: its port, its unit, the instant of its opening."""


def data_links(words: Words) -> models.DynamicConfigValue:
    """From a row to the story of its visit."""
    link = {"title": words.of("links", "visit"), "url": VISIT, "targetBlank": True}
    return models.DynamicConfigValue(id_val="links", value=[link])


def board_links(words: Words) -> list[dashboard.DashboardLink]:
    """To the other boards of this language, keeping time and choices; and to the live board."""
    others = (
        dashboard.DashboardLink(words.of("links", "boards"))
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags(["portclock", words.language])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )
    live = (
        dashboard.DashboardLink(words.of("links", "live"))
        .type(models.DashboardLinkType.LINK)
        .url("${board}")
        .target_blank(True)
    )
    for link in (others, live):
        vars(link.build())["placement"] = None  # else the SDK puts it into a menu that few open
    return [others, live]
