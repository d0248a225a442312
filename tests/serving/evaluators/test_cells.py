"""Cells as they are pulled: what was published, page by page, in every format, and nothing else."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest

from serving.access.testing import Browser
from serving.access.viewers import Role, Viewer
from serving.evaluators.asks import ALL, Cell, Dataset
from serving.evaluators.testing import CLEARANCE, LATER, PORTS, SPLIT, cells_of

FINAL = "2026-02.2"
MEASURES = [one.id for one in CLEARANCE.measures]


def address(dataset: Dataset = CLEARANCE, /, **query: object) -> str:
    """Of the cells of a dataset."""
    return f"/v1/datasets/{dataset.id}/cells?{urlencode(query, doseq=True)}"


def pages(browser: Browser, first: str) -> Iterator[dict[str, Any]]:
    """This page and all that follow it."""
    following: str | None = first
    while following:
        answer = browser.get(following)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = json.loads(answer.text, parse_float=Decimal)
        yield page
        following = page["next"]
        assert (following is None) is ("link" not in answer.headers)


def shown(cell: Cell, dataset: Dataset = CLEARANCE) -> dict[str, Any]:
    """As JSON has it; the digits of a decimal are kept."""
    return {"key": dict(zip(dataset.names, cell.key, strict=True)), "figures": dict(cell.figures),
            "suppressed": cell.suppressed, "withheld": dict(cell.withheld)}  # fmt: skip


def pulled(browser: Browser, first: str) -> list[dict[str, Any]]:
    """The cells of all pages."""
    return [cell for page in pages(browser, first) for cell in page["cells"]]


@pytest.mark.parametrize("dataset", [CLEARANCE, SPLIT], ids=lambda one: one.id)
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_all_pages_together_are_what_was_published(
    program: Browser, dataset: Dataset, limit: int
) -> None:
    found = pulled(program, address(dataset, page_size=limit))
    assert found == [shown(cell, dataset) for cell in cells_of(FINAL, dataset)]
    assert sum(cell["suppressed"] is not None for cell in found) > 1, "suppressed is a value"


def test_a_figure_keeps_the_digits_that_it_was_printed_with(program: Browser) -> None:
    text = program.get(address(SPLIT)).text
    for cell in cells_of(FINAL, SPLIT):
        for measure, figure in cell.figures.items():
            assert f'"{measure}":{figure}' in text


def test_pages_go_on_in_their_vintage_when_another_is_published(
    open_office: Callable[..., Any],
) -> None:
    office = open_office()
    browser = office.program()
    going = pages(browser, address(page_size=9))
    found = next(going)["cells"]
    office.published.kept.append(LATER)
    assert browser.get(address(page_size=9)).json()["head"]["vintage"]["id"] == LATER.id
    found += [cell for page in going for cell in page["cells"]]
    assert found == [shown(cell) for cell in cells_of(FINAL, CLEARANCE)]


def named(cell: Cell) -> set[str]:
    """The dimensions that a cell names."""
    return {n for n, word in zip(CLEARANCE.names, cell.key, strict=True) if word != ALL}


QUESTIONS: dict[str, tuple[dict[str, object], Callable[[Cell], bool]]] = {
    "one word": ({"port": "CNLYG"}, lambda cell: cell.key[1] == "CNLYG"),
    "one of two": ({"port": PORTS[:2]}, lambda cell: cell.key[1] in PORTS[:2]),
    "two dimensions": ({"port": "CNLYG", "mode": "rail"},
                       lambda cell: cell.key[1::2] == ("CNLYG", "rail")),
    "summed over": ({"port": "*"}, lambda cell: cell.key[1] == ALL),
    "not said": ({"facility": ""}, lambda cell: cell.key[2] == ""),
    "nothing like it": ({"port": "CNXXX"}, lambda cell: False),
    "by port": ({"by": "port"}, lambda cell: named(cell) == {"direction", "port"}),
    "by nothing": ({"by": ""}, lambda cell: named(cell) == {"direction"}),
    "by all that one table has": (
        {"by": "direction,port,facility"},
        lambda cell: named(cell) == {"direction", "port", "facility"}),
    "a filter is divided by": (
        {"by": "mode", "port": "CNSHA"},
        lambda cell: named(cell) == {"direction", "port", "mode"} and cell.key[1] == "CNSHA"),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_filter_gives_those_cells_and_no_other(program: Browser, name: str) -> None:
    query, meant = QUESTIONS[name]
    wanted = [shown(cell) for cell in cells_of(FINAL, CLEARANCE) if meant(cell)]
    assert pulled(program, address(**query, page_size=5)) == wanted
    assert bool(wanted) is (name != "nothing like it")


def test_only_the_measures_asked_for_are_shown(program: Browser) -> None:
    found = pulled(program, address(measures="p90_h,n", page_size=7))
    wanted = ("n", "p90_h")
    for one, cell in zip(found, cells_of(FINAL, CLEARANCE), strict=True):
        assert one["figures"] == {m: cell.figures[m] for m in wanted if m in cell.figures}
        assert one["withheld"] == cell.withheld
    assert not any(one["withheld"] for one in pulled(program, address(measures="n")))


@pytest.mark.parametrize("how", [{"format": "csv"}, {"accept": "text/csv"}])
def test_csv_says_what_json_says(program: Browser, how: dict[str, str]) -> None:
    query = {"format": "csv"} if "format" in how else {}
    answer = program.get(address(**query), headers={"accept": how.get("accept", "*/*")})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="clearance-2026-02.2.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    for line, cell in zip(lines, cells_of(FINAL, CLEARANCE), strict=True):
        key = [line[name].removeprefix("'") for name in CLEARANCE.names]
        assert (tuple(key), line["vintage"]) == (cell.key, FINAL)
        assert line["suppressed"] == (cell.suppressed or "")
        assert {m: line[m] for m in MEASURES if line[m]} == {
            m: str(figure) for m, figure in cell.figures.items()
        }
        assert line["withheld"] == " ".join(f"{m}:{why}" for m, why in cell.withheld.items())


def test_a_spreadsheet_runs_no_word_of_a_csv(program: Browser) -> None:
    lines = list(csv.reader(io.StringIO(program.get(address(format="csv")).text)))
    words = {line[3] for line in lines}
    assert "'=1+1" in words
    assert not any(word.startswith(("=", "+", "-", "@")) for word in words)


def test_parquet_says_what_json_says_in_types_that_keep_it(program: Browser) -> None:
    kind = "application/vnd.apache.parquet"
    answer = program.get(address(), headers={"accept": kind})
    assert answer.headers["content-type"] == kind
    table = pq.read_table(io.BytesIO(answer.content))
    rows = table.to_pylist()
    for row, cell in zip(rows, cells_of(FINAL, CLEARANCE), strict=True):
        assert tuple(row[name] for name in CLEARANCE.names) == cell.key
        assert {m: row[m] for m in MEASURES if row[m] is not None} == dict(cell.figures)
        assert row["suppressed"] == cell.suppressed
    assert str(table.schema.field("mean_h").type) == "decimal128(18, 2)"
    assert str(table.schema.field("n").type) == "int64"
    beside = json.loads(table.schema.metadata[b"portclock"])
    assert beside == json.loads(program.get(address()).text)["head"]


def test_the_same_question_gives_the_same_bytes(open_office: Callable[..., Any]) -> None:
    for format in ("json", "csv", "parquet"):
        answers = [open_office().program().get(address(format=format)) for _ in range(2)]
        assert answers[0].content == answers[1].content
        assert answers[0].headers["etag"] == answers[1].headers["etag"]


def test_the_next_page_keeps_format_filters_and_measures(program: Browser) -> None:
    first = address(page_size=2, format="csv", by="mode", port="CNLYG", measures="n")
    text, following = "", first
    while following:
        answer = program.get(following)
        text += answer.text if not text else answer.text.partition("\r\n")[2]
        following = answer.links.get("next", {}).get("url", "")
    assert text == program.get(address(format="csv", by="mode", port="CNLYG", measures="n")).text


def test_no_more_is_asked_of_the_tables_than_one_page_and_one_cell(
    open_office: Callable[..., Any],
) -> None:
    office = open_office()
    office.program().get(address(page_size=3))
    assert [asked.limit for asked in office.published.asked] == [4]


WRONG: dict[str, dict[str, object]] = {
    "an unknown parameter": {"colour": "red"},
    "an unknown dimension": {"goods": "fruit"},
    "an unknown measure": {"measures": "n,age_h"},
    "an unknown division": {"by": "colour"},
    "nothing at all": {"page_size": 0},
    "too much": {"page_size": 10_001},
    "no number": {"page_size": "１０"},
    "too many words": {"port": [f"P{number}" for number in range(101)]},
    "too long a word": {"port": "P" * 81},
    "an unknown format": {"format": "xlsx"},
    "a parameter twice": {"page_size": [1, 2]},
    "no month": {"month": "2026-03-01"},
    "no vintage": {"vintage": ""},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_parameter_is_refused_and_named(program: Browser, name: str) -> None:
    answer = program.get(address(**WRONG[name]))
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    said = answer.json()
    assert said["type"] == "/v1/problems#wrong-parameter"
    assert said["detail"].startswith(next(iter(WRONG[name])))


def test_what_no_table_crosses_is_not_there(program: Browser) -> None:
    answer = program.get(address(by="facility,mode"))
    assert (answer.status_code, answer.json()["type"]) == (404, "/v1/problems#no-such-table")
    assert answer.json()["detail"] == "clearance: facility x mode"
    assert program.get(address(by="mode", port="*")).status_code == 404


def test_a_cursor_of_another_question_is_refused(program: Browser) -> None:
    following = program.get(address(page_size=2)).json()["next"]
    cursor = following.rpartition("cursor=")[2]
    for other in ({"port": "CNLYG"}, {"vintage": "2026-02.1"}, {"by": "port"}):
        answer = program.get(f"{address(**other)}&cursor={cursor}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/v1/problems#wrong-cursor")
    assert program.get(f"{address(vintage=FINAL)}&cursor={cursor}").status_code == 200
    assert program.get(address(cursor="nonsense")).status_code == 404


def test_a_type_that_cannot_be_made_is_refused(program: Browser) -> None:
    answer = program.get(address(), headers={"accept": "application/xml"})
    assert (answer.status_code, answer.json()["type"]) == (406, "/v1/problems#not-acceptable")


HERE = Viewer("Zhou", Role.EVALUATOR, frozenset({"CNLYG"}))
TERMINAL = Viewer("Zheng", Role.EVALUATOR, frozenset({"CNLYG"}), frozenset({"LPCT"}))


def test_a_scope_narrows_the_cells_and_leaves_out_the_sums_over_all(
    open_office: Callable[..., Any],
) -> None:
    office = open_office()
    cells = cells_of(FINAL, CLEARANCE)
    wanted = [shown(cell) for cell in cells if cell.key[1] == "CNLYG"]
    assert pulled(office.program(HERE), address(page_size=3)) == wanted
    wanted = [shown(cell) for cell in cells if cell.key[1:3] == ("CNLYG", "LPCT")]
    assert pulled(office.program(TERMINAL), address()) == wanted
    head = office.program(HERE).get(address(by="mode")).json()["head"]
    assert head["scope"] == {"ports": ["CNLYG"], "facilities": []}


def test_what_lies_outside_a_scope_is_refused(open_office: Callable[..., Any]) -> None:
    office = open_office()
    for query in ({"port": "CNSHA"}, {"port": "*"}, {"port": ["CNLYG", "CNSHA"]}):
        answer = office.program(HERE).get(address(**query))
        assert (answer.status_code, answer.json()["type"]) == (403, "/v1/problems#out-of-scope")
    answer = office.program(TERMINAL).get(address(SPLIT))
    assert (answer.status_code, answer.json()["detail"]) == (403, "split: no facility")
