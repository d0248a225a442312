"""Words people can act on, in both languages, and never more of them than a channel takes."""

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.testing import at
from serving.notify.errands import Facts, Outgoing
from serving.notify.incidents import hear
from serving.notify.routes import Language, Told
from serving.notify.testing import START_MS, an_alert, withdrawn
from serving.notify.wording import WORDS, in_order, link_of, said, words_of

BOARD = "https://board.port.example/"
TABLES = tomllib.loads(WORDS.read_text(encoding="utf-8"))
LANGUAGES: list[Language] = ["zh", "en", "both"]


def facts(n: int, *states: str, **fields: Any) -> Facts:
    standing = None
    for state in states:
        alert = withdrawn(n) if state == "withdrawn" else an_alert(n, state)
        standing = hear(standing, alert)
    assert standing
    found = {name: getattr(standing.facts, name) for name in Facts.__struct_fields__}
    return Facts(**{**found, **fields})


def message(*told: Facts, **fields: Any) -> Outgoing:
    usual: dict[str, Any] = {
        "id": "d-1", "kind": "alerts", "cause_id": "", "route": "all", "channel": "hook",
        "port": "CNLYG", "told": told, "alerts": len(told), "proved_s": 0, "published_ms": START_MS,
        "noticed_ms": START_MS, "created_ms": START_MS, "held": False,
    }  # fmt: skip
    return Outgoing(**{**usual, **fields})


def test_both_languages_have_the_same_words_with_the_same_values() -> None:
    assert {*TABLES} == {"zh", "en"}
    for table, words in TABLES["en"].items():
        assert {*TABLES["zh"][table]} == {*words}
        for key, text in words.items():
            assert set(re.findall(r"{\w+}", TABLES["zh"][table][key])) == set(
                re.findall(r"{\w+}", text)
            )
    assert {*TABLES["en"]["state"]} == {*Told}


def test_a_breach_says_what_where_since_when_who_and_how_long_is_allowed() -> None:
    breach = facts(1, "breached")
    assert said(breach, "en") == (
        "PCKU0000013: box-move at CNLYG LPCT is overdue since 03-02 10:00 (limit 30 min). "
        "terminal answers."
    )
    assert said(breach, "zh") == (
        "PCKU0000013：CNLYG LPCT吊箱移位自 03-02 10:00 起超时，时限30分。责任方：码头。"
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (facts(1, "at-risk"), "at risk since 03-02 09:50, due 03-02 10:00"),
        (facts(1, "at-risk", "resolved"), "ended at 03-02 10:20, in time"),
        (facts(1, "breached", "resolved"), "ended at 03-02 10:20, 20 min too late"),
        (
            facts(1, "breached", "resolved", deadline_s=None),
            "ended at 03-02 10:20, over its limit of 30 min",
        ),
        (facts(1, "breached", "retracted"), "withdrawn, its cause is gone"),
        (facts(1, "breached", "withdrawn"), "withdrawn while work rests (port-office/typhoon)"),
        (
            facts(1, "breached", state=Told.ESCALATED, to="chief"),
            "nobody has acknowledged it. terminal answers. For: chief.",
        ),
        (facts(1, "at-risk", occurrence=2), "box-move #2 at"),
        (facts(1, "at-risk", facility=None), "at CNLYG is"),
        (facts(1, "at-risk", deadline_s=None), "due not known"),
    ],
)
def test_every_state_says_what_has_become_of_it(told: Facts, words: str) -> None:
    assert words in said(told, "en")
    assert "{" not in said(told, "zh")


def test_one_alert_is_its_own_title_and_many_are_counted() -> None:
    one = words_of(message(facts(1, "breached")), "en", None, 2_000)
    assert one.title == "Overdue: PCKU0000013, box-move, CNLYG LPCT"
    many = message(facts(1, "breached"), facts(2, "at-risk"), facts(3, "breached"))
    assert words_of(many, "zh", None, 2_000).title == "CNLYG：3 条预警，其中超时 2 条"


def test_a_typhoon_is_named_with_all_that_it_withdrew() -> None:
    gone = tuple(facts(n, "breached", "withdrawn") for n in range(214))
    typhoon = message(*gone, kind="suspension", cause_id="port-office/typhoon")
    words = words_of(typhoon, "both", BOARD, 2_000)
    assert words.title == (
        "CNLYG：停工（port-office/typhoon），撤回 214 条预警 / "
        "CNLYG: work rests (port-office/typhoon), 214 alerts withdrawn"
    )
    assert re.search(r"另有 \d+ 条", words.body)
    assert re.search(r"\.\.\. and \d+ more\.", words.body)


def test_the_most_urgent_is_said_first_and_of_equals_the_longest() -> None:
    told = (
        facts(1, "at-risk"),
        facts(2, "breached", raised_s=int(at("10:30").timestamp())),
        facts(3, "breached"),
        facts(4, "breached", state=Told.ESCALATED, to="chief"),
    )
    assert [one.unit_id[4:10] for one in in_order(message(*told))] == [
        *("000004", "000003", "000002", "000001"),
    ]


def test_a_link_leads_to_the_visit_or_to_the_port() -> None:
    breach = facts(1, "breached")
    assert link_of(breach, BOARD) == (
        "https://board.port.example/unit/CNLYG/PCKU0000013/20260302T000000Z"
    )
    assert link_of(breach, None) is None
    assert "/unit/CNLYG/" in words_of(message(breach), "en", BOARD, 2_000).body
    two = message(breach, facts(2, "breached"))
    assert "/breaches?port=CNLYG" in words_of(two, "en", BOARD, 2_000).body


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["at-risk", "breached"]), min_size=1, max_size=60),
    st.sampled_from(LANGUAGES),
    st.integers(1_900, 20_000),
)
def test_no_message_is_longer_than_its_channel_takes_and_none_is_left_uncounted(
    states: list[str], language: Language, most: int
) -> None:
    told = tuple(facts(n, state) for n, state in enumerate(states))
    words = words_of(message(*told), language, BOARD, most)
    assert len(f"{words.title}\n{words.body}".encode()) <= most
    for tongue, pattern in (("zh", r"另有 (\d+) 条"), ("en", r"and (\d+) more")):
        if language not in ("both", tongue):
            continue
        left_out = re.findall(pattern, words.body)
        shown = [one for one in told if said(one, tongue) in words.body]
        assert len(shown) + sum(map(int, left_out)) == len(told)
    assert "d-1" in words.body
