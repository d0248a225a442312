"""The macros said again: what leaves the browser and the plugin, and what is refused."""

from datetime import UTC, datetime

import pytest

from dashboards.verify.macros import ALL, BadQuery, Chosen, in_browser, on_server

SINCE, UNTIL = datetime.fromtimestamp(1000, UTC), datetime.fromtimestamp(2000, UTC)


def chosen(*ports: str, interval_s: int = 60) -> Chosen:
    return Chosen({"port": list(ports)}, SINCE, UNTIL, interval_s)


@pytest.mark.parametrize(
    ("macro", "sent"),
    [
        ("$__timeFilter(t)", "t >= toDateTime(1000) AND t <= toDateTime(2000)"),
        ("$__fromTime", "toDateTime(1000)"),
        ("$__toTime", "toDateTime(2000)"),
        ("$__timeInterval(t)", "toStartOfInterval(toDateTime(t), INTERVAL 60 second)"),
        ("$__interval_s", "60"),
        ("a $__toTime, b)", "a toDateTime(2000), b)"),
    ],
)
def test_macros_of_time_become_what_the_plugin_documents(macro: str, sent: str) -> None:
    assert on_server(macro, chosen()) == sent


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("$__timeFilter(a, b)", "takes one column"),
        ("$__timeFilter()", "takes one column"),
        ("$__timeFilter", "takes one column"),
        ("$__toTime(a)", "takes no argument"),
        ("$__timeFiltre(a)", "no macro that boards may use"),
        ("$__lttb(a)", "no macro that boards may use"),
        ("($__timeFilter(a))", "before a bracket"),
    ],
)
def test_a_macro_that_the_plugin_would_not_understand_is_refused(bad: str, why: str) -> None:
    with pytest.raises(BadQuery, match=why):
        on_server(bad, chosen())


CONDITION = "$__conditionalAll(port IN (${port:singlequote}), $port) AND x"


@pytest.mark.parametrize(
    ("ports", "sent"),
    [
        ((ALL,), "1=1 AND x"),
        ((), "1=1 AND x"),
        (("CNLYG",), "port IN ('CNLYG') AND x"),
        (("CNLYG", "宁波舟山"), "port IN ('CNLYG','宁波舟山') AND x"),
        (("O'Higgins",), "port IN ('O\\'Higgins') AND x"),
    ],
)
def test_a_condition_is_dropped_for_all_and_quoted_for_some(
    ports: tuple[str, ...], sent: str
) -> None:
    assert in_browser(CONDITION, chosen(*ports)) == sent


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("$__conditionalAll(a = 1)", "takes two arguments"),
        ("$__conditionalAll(a, b, $port)", "takes two arguments"),
        ("$__conditionalAll(a, $port", "not closed"),
        ("$__conditionalAll(a, ${port:singlequote})", "not a plain"),
        ("$__conditionalAll(a, $yard)", "no variable yard"),
        ("a = ${yard:singlequote}", "no variable yard"),
        ("a IN ($port)", "without quotes"),
        ("a IN (${port})", "without quotes"),
        ("a IN (${port:raw})", "without quotes"),
    ],
)
def test_a_choice_that_would_not_reach_sql_as_meant_is_refused(bad: str, why: str) -> None:
    with pytest.raises(BadQuery, match=why):
        in_browser(bad, chosen("CNLYG"))
