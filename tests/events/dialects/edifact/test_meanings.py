"""Laws of the tables: a code means something by its message and directory, never by itself."""

import re
from pathlib import Path

import pytest

from events.dialects.edifact.meanings import Meaning, Table, standard, tables
from events.vocabulary import Kind, Mode

PLANS = frozenset({"132", "133", "163", "164"})
SHIPPED = [(m, d, table) for m, ds in tables({}).items() for d, table in ds.items()]


def test_every_message_is_read_by_both_directories() -> None:
    messages = {"CODECO", "COARRI", "IFTSTA", "CUSRES", "COPRAR", "COPARN", "COPINO"}
    assert {(m, d) for m, d, _ in SHIPPED} == {(m, d) for m in messages for d in ("D.95B", "D.00B")}


def test_the_same_number_means_other_things_in_other_directories() -> None:
    codeco = tables({})["CODECO"]
    assert codeco["D.95B"].documents["34"].kind is Kind.GATED_IN
    assert "34" not in codeco["D.00B"].documents
    assert "109" not in codeco["D.95B"].documents


@pytest.mark.parametrize(("message", "directory", "table"), SHIPPED)
def test_no_report_takes_its_time_from_a_plan(message: str, directory: str, table: Table) -> None:
    if table.announces is not None:
        return
    meanings = [*table.documents.values(), *table.statuses.values(), *table.decisions.values()]
    times = {*table.times, *table.calls, *table.moments}
    assert not PLANS & times.union(*(meaning.times or () for meaning in meanings))


@pytest.mark.parametrize(("message", "directory", "table"), SHIPPED)
def test_the_time_of_a_message_is_that_of_an_event_only_where_the_message_makes_it(
    message: str, directory: str, table: Table
) -> None:
    made = {k for m in table.decisions.values() if "137" in (m.times or ()) for k in [m.kind]}
    assert "137" not in table.times
    assert made <= {
        Kind.INSPECTION_ORDERED,
        Kind.DOCUMENTS_REQUESTED,
        Kind.DETAINED,
        Kind.DECLARATION_ACCEPTED,
    }


def test_a_profiles_words_stand_over_the_standards_and_beside_them() -> None:
    own = {"COARRI": {"D.95B": {"documents": {"98": "discharged", "44": "loaded"}, "where": []}}}
    table = tables(own)["COARRI"]["D.95B"]
    kinds = {code: meaning.kind for code, meaning in table.documents.items()}
    assert kinds == {"44": Kind.LOADED, "46": Kind.LOADED, "98": Kind.DISCHARGED}
    assert table.where == ()
    assert table.times == tables({})["COARRI"]["D.95B"].times
    assert standard()["COARRI"]["D.95B"]["documents"]["44"]["kind"] == "discharged"


def test_a_profile_may_teach_another_directory() -> None:
    own = {"CODECO": {"D.19A": {"times": ["7"], "documents": {"34": {"kind": "gated-in"}}}}}
    assert tables(own)["CODECO"]["D.19A"].documents["34"] == Meaning(kind=Kind.GATED_IN)


@pytest.mark.parametrize(
    "wrong", [{"documents": {"1": "gone"}}, {"clocks": {}}, {"documents": {"1": {"when": "now"}}}]
)
def test_a_table_that_is_no_table_is_an_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        tables({"CODECO": {"D.95B": wrong}})


def test_asking_makes_an_order_or_a_booking_and_nothing_that_happens_to_the_unit() -> None:
    assert Meaning.model_validate({"asks": "pickup-requested"}).asks is Kind.PICKUP_REQUESTED
    for kind in ("gated-out", "unstuffing-ended", "declared"):
        with pytest.raises(ValueError, match="asking makes no"):
            Meaning.model_validate({"asks": kind})


def test_a_mode_is_a_mode_or_the_partners_own() -> None:
    assert Meaning.model_validate({"mode": "rail"}).mode is Mode.RAIL
    assert Meaning.model_validate({"mode": "here"}).mode == "here"


FEEDS = Path(__file__).resolve().parents[4] / "docs" / "feeds.md"
ROW = re.compile(r"\| (?:UN/EDIFACT)? ?\| (.+?) \| ([A-Z, ]+) \| (.+?) \| .+ \|")


def _rows(message: str, directory: str) -> str:
    """What the conformance table says of a message in a directory."""
    found = [ROW.fullmatch(line) for line in FEEDS.read_text(encoding="utf-8").splitlines()]
    said = [m[3] for m in found if m and directory in m[1] and message in m[2].split(", ")]
    assert len(said) == 1, (message, directory)
    return said[0]


@pytest.mark.parametrize(("message", "directory", "table"), SHIPPED)
def test_the_conformance_table_tells_every_code_that_is_mapped(
    message: str, directory: str, table: Table
) -> None:
    row = _rows(message, directory)
    if table.announces is not None:
        assert f"announced as {table.announces}" in row
        return
    if row.startswith("the same"):
        assert table.statuses == tables({})[message]["D.95B"].statuses
        return
    meanings = {**table.documents, **table.statuses, **table.decisions}
    told = {int(number) for number in re.findall(r"(?<![\w`.])\d+(?![\w`])", row)}
    codes = {int(code) for code in (*meanings, *table.calls, *table.moments)}
    assert codes <= told
    assert told - codes <= {1001, 7365, 9011, 2}
    kinds = {m.kind for m in meanings.values() if m.kind} | {*table.calls.values()}
    assert {*map(str, kinds | {*table.moments.values()})} <= {*re.findall(r"`([a-z-]+)`", row)}
