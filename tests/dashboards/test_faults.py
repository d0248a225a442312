"""Every fault of the list is caught, by what the list says; and the documents show the list."""

import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import dashboards
from dashboards.language import words
from dashboards.rendering import BOARDS, COMMITTED
from dashboards.verify.facts import Standing
from dashboards.verify.faults import FAULTS, Fault, table
from dashboards.verify.frames import Run
from dashboards.verify.layout import layout_complaints
from dashboards.verify.oracle import ORACLES
from dashboards.verify.panels import Proof, panel_complaints
from dashboards.verify.selections import SELECTIONS

DOCUMENT = Path(dashboards.__file__).parents[1] / "docs" / "grafana.md"


def _faulty(fault: Fault) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """The board with the fault, the faulty panel of it, and the columns it should answer with."""
    (board,) = (one for one in BOARDS if one.name == fault.board)
    (panel,) = (one for one in board.panels if one.name == fault.panel)
    document = json.loads((COMMITTED / "en" / f"{fault.board}.json").read_bytes())
    (found,) = (one for one in document["panels"] if one["id"] == panel.id)
    fault.change(found)
    return document, found, panel.asked.columns


def _complaints(fault: Fault, run_of: Callable[[str], Run], standing: Standing) -> Iterator[str]:
    document, panel, columns = _faulty(fault)
    proof = Proof(run_of(fault.board), standing, words("en"), ORACLES[fault.board][fault.panel])
    first, *others = SELECTIONS.values()
    yield from panel_complaints(panel, columns, proof, first)
    yield from (f"layout: {said}" for said in layout_complaints(document))
    for chosen in others:
        yield from panel_complaints(panel, columns, proof, chosen)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what.replace(" ", "-"))
def test_a_seeded_fault_is_caught_by_what_the_list_says(
    fault: Fault, run_of: Callable[[str], Run], standing: Standing
) -> None:
    first = next(_complaints(fault, run_of, standing), "nothing")
    assert first.startswith(f"{fault.caught_by}: "), first


def test_without_a_fault_nobody_complains(run_of: Callable[[str], Run], standing: Standing) -> None:
    unchanged = [Fault("", one.board, one.panel, lambda panel: None, "rows") for one in FAULTS[:4]]
    said = chain.from_iterable(_complaints(fault, run_of, standing) for fault in unchanged)
    assert list(said) == []


def test_the_documents_list_every_fault() -> None:
    assert table() in DOCUMENT.read_text(encoding="utf-8")
