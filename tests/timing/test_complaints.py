"""Complaints: what is wrong, on which line, and what to do, in words for whoever wrote the file."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from timing.complaints import (
    Complaint,
    Fault,
    RegisterError,
    located,
    of_form,
    of_syntax,
)
from timing.editions import Edition

FILE = Path("t.toml")
HEAD = """\
edition = "t/undated"
issuer = "t"
title = "t"
status = "published"
port = "CNLYG"
effective_from = "undated"
"""
LIMIT = """\
[[limit]]
id = "t.move"
stage = "box-move"
kind = "duration"
within = "PT30M"
"""


def said(text: str) -> list[str]:
    """The complaints about the form of an edition, without the file."""
    with pytest.raises(ValidationError) as refused:
        Edition.model_validate(tomllib.loads(text))
    found = located(FILE, text, of_form(refused.value, Edition))
    return [str(one).removeprefix("t.toml:") for one in found]


def test_a_complaint_names_file_line_what_and_remedy() -> None:
    assert str(Complaint(FILE, 7, "it is wrong", "right it")) == "t.toml:7: it is wrong; right it"
    assert str(Complaint(FILE, None, "it is gone", "put it back")).startswith("t.toml: it is gone")


def test_an_error_says_every_complaint_on_a_line_of_its_own() -> None:
    both = [Complaint(FILE, n, "wrong", "right it") for n in (1, 2)]
    error = RegisterError(both)
    assert error.complaints == tuple(both)
    assert str(error) == "t.toml:1: wrong; right it\nt.toml:2: wrong; right it"


def test_faults_are_told_in_the_order_of_their_lines() -> None:
    faults = [Fault(("port",), "b", "."), Fault(("issuer",), "a", ".")]
    assert [(one.line, one.what) for one in located(FILE, HEAD, faults)] == [(2, "a"), (5, "b")]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\na = 2\n", 2), ("a = 1\nb = [1,\n", 3), ("x\n", 1), ("[limit]\n[[limit]]\n", 2)],
)
def test_where_it_ceases_to_be_toml(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(text)
    complaint = of_syntax(FILE, text, error.value)
    assert complaint.line == line
    assert complaint.what.startswith("not TOML: ")
    assert " at line" not in complaint.what


OF_FORM = {
    "a key misspelt": (
        HEAD + LIMIT.replace("within", "witin"),
        ["7: the key 'within' is missing; add it",
         "11: there is no key 'witin' here; did you mean 'within'?"],
    ),
    "a key of another table": (
        HEAD + LIMIT + 'title = "t"\n',
        ["12: there is no key 'title' here; take it out"],
    ),
    "a key misspelt at the top": (
        HEAD.replace("issuer", "isuer") + LIMIT,
        ["1: the key 'issuer' is missing; add it",
         "2: there is no key 'isuer' here; did you mean 'issuer'?"],
    ),
    "a kind misspelt": (
        HEAD + LIMIT.replace('"duration"', '"duration-by-sise"'),
        ["7: there is no kind 'duration-by-sise'; did you mean 'duration-by-size'?"],
    ),
    "no kind": (
        HEAD + LIMIT.replace("kind", "words"),
        ["7: the key 'kind' is missing; add it"],
    ),
    "a stage misspelt": (
        HEAD + LIMIT.replace("box-move", "box-moves"),
        ["9: there is no stage 'box-moves'; did you mean 'box-move'?"],
    ),
    "a status nobody knows": (
        HEAD.replace("published", "draft") + LIMIT,
        ["4: status = 'draft' will not do; input should be 'published', 'trial' or 'example'"],
    ),
    "a duration in words": (
        HEAD + LIMIT.replace("PT30M", "half an hour"),
        ["11: 'half an hour' is no ISO 8601 duration; write PT30M or PT2H"],
    ),
    "a key misspelt deep inside": (
        HEAD + LIMIT + '[[limit.override]]\nreson = "x"\nfrom = 2026-03-02\nwithin = "PT1H"\n',
        ["12: the key 'reason' is missing; add it",
         "13: there is no key 'reson' here; did you mean 'reason'?"],
    ),
    "a key beside one that is called like its kind": (
        HEAD + LIMIT.replace("duration", "notice").replace(
            'within = "PT30M"', 'notice = "PT4H"\njourney_over = "far"'
        ),
        ["12: 'far' is no ISO 8601 duration; write PT30M or PT2H"],
    ),
    "a list spoilt by one of its members": (
        HEAD + LIMIT.replace("duration", "half-day").replace(
            'within = "PT30M"', 'due = [\n  { until = "12:00", by = "11:00" },\n]'
        ),
        ["12: due by a time before `until` would be over before it was ordered; correct it"],
    ),
    "a commitment of another kind": (
        HEAD + LIMIT + '[[commitment]]\nid = "c"\nkind = "typhoon"\n',
        ["12: there is no kind 'typhoon'; kinds are share, percentile, mean, blame-share, rate, "
         "bracket"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "complaints"), OF_FORM.values(), ids=OF_FORM.keys())
def test_what_the_form_refuses_is_told_with_its_line_and_remedy(
    text: str, complaints: list[str]
) -> None:
    assert said(text) == complaints


def test_everything_wrong_is_told_at_once() -> None:
    broken = HEAD.replace('"CNLYG"', '"x"').replace("published", "y") + LIMIT.replace("30", "x")
    assert [one.split(":")[0] for one in said(broken)] == ["4", "5", "11"]
