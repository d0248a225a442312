"""Whose goods a declaration speaks of: companies by their code at customs, a few of them large.

The codes are made up; only their form is real: ten digits, of which four name the city. Drawn from
the declaration alone, so that all boxes of one declaration have one company.
"""

from typing import Final

from portclock.traffic.draws import draw_share

CITIES: Final = {"CNTXG": "1207", "CNSHD": "3710", "CNLYG": "3207"}
TRADERS: Final = {"CNTXG": 400, "CNSHD": 12, "CNLYG": 150}
"""How many companies use a port."""
SKEW: Final = 3
"""The larger, the more the first companies have of everything."""


def trader_of(port: str, declaration: str) -> str:
    """The company behind a declaration at a port."""
    share = draw_share(0, "trader", declaration)
    return f"{CITIES[port]}9{int(TRADERS[port] * share**SKEW):05d}"
