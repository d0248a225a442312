"""The plugin's macros, said again: what Grafana's browser and the plugin's server make of them.

After the documented semantics of grafana-clickhouse-datasource 4.20. The browser replaces
`$__conditionalAll` and variables, the server the macros of time. Only those that boards may use are
here; any other word that begins with `$` is a complaint. Must never know a board or a table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

ALL: Final = "$__all"
_CONDITIONAL: Final = "$__conditionalAll("
_VARIABLE: Final = re.compile(r"\$\{(\w+):(\w+)\}|\$\{(\w+)\}|\$(?!_)(\w+)")
_MACRO: Final = re.compile(r"\$__(\w+)(\(([^()]*)\))?")
_WITHOUT: Final = ("fromTime", "toTime", "interval_s")
_WITH_COLUMN: Final = ("timeFilter", "timeInterval")
_PLAIN: Final = re.compile(r"\s*\$(\w+)\s*")


class BadQuery(Exception):
    """A statement that Grafana or the plugin would not understand, or not as it was meant."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a viewer has chosen: the values of each variable (`[ALL]` for all), and the time range.

    `interval_s` is what Grafana makes of range and width; never below a second.
    """

    values: Mapping[str, Sequence[str]]
    since: datetime
    until: datetime
    interval_s: int = 3600

    def takes(self, variable: str, value: str | None) -> bool:
        """Whether a value is among those chosen; where all is chosen, even none is."""
        values = self.values[variable]
        return list(values) == [ALL] or value in values


def in_browser(sql: str, chosen: Chosen) -> str:
    """What leaves the browser: conditions dropped where all is chosen, then variables put in."""
    return _VARIABLE.sub(lambda found: _value(found, chosen), _conditions(sql, chosen))


def on_server(sql: str, chosen: Chosen) -> str:
    """What leaves the plugin for ClickHouse. Raises BadQuery for a macro it does not know."""
    done = _MACRO.sub(lambda found: _macro(found, chosen), sql)
    if "$__" in done:
        raise BadQuery(f"a macro is not closed: {done[done.index('$__') :][:40]}")
    return done


def _conditions(sql: str, chosen: Chosen) -> str:
    while (start := sql.rfind(_CONDITIONAL)) >= 0:
        condition, variable, end = _arguments(sql, start + len(_CONDITIONAL))
        name = _PLAIN.fullmatch(variable)
        if not name:
            raise BadQuery(f"the second argument is not a plain $variable: {variable.strip()}")
        values = _values(name[1], chosen)
        phrase = "1=1" if list(values) in ([ALL], [""], []) else condition
        sql = sql[:start] + phrase + sql[end:]
    return sql


def _arguments(sql: str, start: int) -> tuple[str, str, int]:
    """The two arguments after an opening bracket, and where the closing one ends."""
    depth, comma = 1, -1
    for place in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if sql[place] == "," and depth == 1:
            if comma >= 0:
                raise BadQuery("$__conditionalAll takes two arguments")
            comma = place
        if depth == 0:
            if comma < 0:
                raise BadQuery("$__conditionalAll takes two arguments")
            return sql[start:comma], sql[comma + 1 : place], place + 1
    raise BadQuery("$__conditionalAll is not closed")


def _values(name: str, chosen: Chosen) -> Sequence[str]:
    if name not in chosen.values:
        raise BadQuery(f"the board has no variable {name}")
    return chosen.values[name]


def _value(found: re.Match[str], chosen: Chosen) -> str:
    name = found[1] or found[3] or found[4]
    values = _values(name, chosen)
    if found[2] != "singlequote":
        raise BadQuery(f"{found[0]} would reach ClickHouse without quotes")
    return ",".join("'" + value.replace("'", "\\'") + "'" for value in values)


def _macro(found: re.Match[str], chosen: Chosen) -> str:
    name, argument = found[1], found[3]
    since, until = (f"toDateTime({int(at.timestamp())})" for at in (chosen.since, chosen.until))
    if name not in (*_WITHOUT, *_WITH_COLUMN):
        raise BadQuery(f"$__{name} is no macro that boards may use")
    if found[2] and found.string[found.end() :].startswith(")"):
        raise BadQuery(
            f"${name}(...) stands before a bracket, which older plugins take for its own"
        )
    if name in _WITHOUT:
        if found[2]:
            raise BadQuery(f"$__{name} takes no argument")
        return {"fromTime": since, "toTime": until}.get(name) or str(chosen.interval_s)
    if not argument or "," in argument:
        raise BadQuery(f"$__{name} takes one column")
    if name == "timeFilter":
        return f"{argument} >= {since} AND {argument} <= {until}"
    return f"toStartOfInterval(toDateTime({argument}), INTERVAL {chosen.interval_s} second)"
