"""What viewers choose in the checks: all, one, several, a name with a quote, a name in Chinese."""

from typing import Final

from dashboards.verify.macros import ALL, Chosen
from dashboards.verify.seeded import LONG_AGO, SINCE, UNTIL

_ALL: Final = {"port": [ALL], "facility": [ALL], "stage": [ALL]}
_DAY_S: Final = 86_400

SELECTIONS: Final = {
    "all": Chosen(_ALL, SINCE, UNTIL, 6 * 3600),
    "all, long": Chosen(_ALL, LONG_AGO, UNTIL, 7 * _DAY_S),
    "one": Chosen(
        {"port": ["CNLYG"], "facility": ["LPCT"], "stage": ["inspection"]}, LONG_AGO, UNTIL
    ),
    "several": Chosen(
        {**_ALL, "port": ["CNLYG", "CNSHA"], "stage": ["pickup", "lab-test", "release-time"]},
        *(LONG_AGO, UNTIL, _DAY_S),
    ),
    "with a quote": Chosen(
        {**_ALL, "port": ["O'Higgins"], "facility": ["O'Higgins", "LPCT"]},
        *(LONG_AGO, UNTIL, _DAY_S),
    ),
    "in Chinese": Chosen({**_ALL, "port": ["宁波舟山"]}, LONG_AGO, UNTIL, _DAY_S),
}
