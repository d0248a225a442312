"""What is hashed is written one way only, and read back to the same thing."""

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.shapes import PublishedCell
from reports.testing import published, vintage
from reports.vintages import digest

patiently = settings(deadline=None, max_examples=50)

WORDS = st.text(max_size=5)
FIGURES = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999),
)
CELLS = st.builds(
    PublishedCell,
    st.lists(WORDS, max_size=4).map(tuple),
    st.dictionaries(WORDS, FIGURES, max_size=3),
    st.none() | WORDS,
    st.dictionaries(WORDS, WORDS, max_size=2),
)


def exactly(cell: PublishedCell) -> str:
    """All of a cell, decimals included; figures have no order."""
    figures, withheld = sorted(cell.figures.items()), sorted(cell.withheld.items())
    return repr((cell.key, figures, cell.suppressed, withheld))


@patiently
@given(st.lists(CELLS, max_size=4))
def test_cells_come_back_as_they_were_to_the_last_digit(cells: list[PublishedCell]) -> None:
    back = digest.read_lines(digest.lines(cells))
    assert sorted(map(exactly, back)) == sorted(map(exactly, cells))


@patiently
@given(
    st.lists(CELLS, max_size=5).flatmap(
        lambda cells: st.tuples(st.just(cells), st.permutations(cells))
    )
)
def test_the_order_of_cells_is_not_in_the_hash(
    both: tuple[list[PublishedCell], list[PublishedCell]],
) -> None:
    cells, shuffled = both
    assert digest.hashes({"a": shuffled}) == digest.hashes({"a": cells})


@patiently
@given(CELLS, CELLS)
def test_two_cells_are_written_alike_only_if_they_are_alike(
    one: PublishedCell, other: PublishedCell
) -> None:
    assert (digest.cell_line(one) == digest.cell_line(other)) == (exactly(one) == exactly(other))


def test_five_and_five_with_decimals_are_two_figures() -> None:
    five = [PublishedCell(("a",), {"x": value}) for value in (5, Decimal(5), Decimal("5.00"))]
    assert len({digest.cell_line(cell) for cell in five}) == 3


def test_the_hash_of_a_dataset_is_what_sha256sum_says_of_its_file(tmp_path: Path) -> None:
    cells = published("stage-split")
    file = tmp_path / "stage-split.jsonl"
    file.write_bytes(digest.lines(cells))
    said = subprocess.run(["sha256sum", str(file)], capture_output=True, text=True, check=True)
    assert said.stdout.split()[0] == digest.hashes({"stage-split": cells})["stage-split"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"cell":["a"],"figures":{"n":5.5}}\n', "no published cell"),
        (b'{"cell":["a"],"figures":{"n":true}}\n', "no published cell"),
        (b'{"cell":["a"],"figures":{"n":"five"}}\n', "no published cell"),
        (b'{"figures":{}}\n', "no published cell"),
        (b"nonsense\n", "no published cell"),
        (b'{"cell": ["a"]}\n', "not written as the rule says"),
        (b'{"cell":["a"],"note":"x"}\n', "not written as the rule says"),
        (b'{"cell":["a"]}', "not written as the rule says"),
        (b'{"cell":["a"],"figures":{"n":"1e2"}}\n', "not written as the rule says"),
    ],
)
def test_any_other_writing_is_refused_with_its_line(line: bytes, why: str) -> None:
    good = digest.cell_line(PublishedCell(("z",), {"n": 7})) + b"\n"
    with pytest.raises(digest.NotCanonical, match=f"line 2 is {why}"):
        digest.read_lines(good + line)


def test_a_vintage_comes_back_as_it_was_and_every_field_is_in_its_hash() -> None:
    one = vintage(2, reason="a port sent March again", published={"limits": "ab"}, after="cd")
    document = json.loads(digest.canonical(digest.vintage_document(one)))
    assert digest.vintage_of(document) == one
    others: dict[str, Any] = {
        "id": "2026-03.3", "month": "2026-04", "standing": "restated", "facts": 1,
        "made_at": one.made_at.replace(second=1), "facts_hash": "x", "rules": {}, "reason": None,
        "published": {}, "after": "",
    }  # fmt: skip
    assert set(others) == set(one._fields)
    for field, other in others.items():
        assert digest.vintage_hash(one._replace(**{field: other})) != digest.vintage_hash(one), (
            field
        )


def test_a_vintage_written_otherwise_is_refused() -> None:
    document = dict(digest.vintage_document(vintage()))
    with pytest.raises(ValueError, match="not written as the rule says"):
        digest.vintage_of({**document, "made_at": "2026-04-01T09:00:00+08:00"})
    with pytest.raises(TypeError):
        digest.vintage_of({**document, "blessed": "yes"})
