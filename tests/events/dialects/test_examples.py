"""What is shown to readers is what happens: each example comes to what it says."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from events.dialects import customs_xml, dcsa, epcis, rail, tabular
from events.dialects.customs_xml.messages import messages
from events.dialects.dcsa.meaning import codes
from events.dialects.epcis.meaning import steps
from events.dialects.examples import Example, examples, sentences
from events.dialects.troubles import Trouble

FOLDER = Path(dcsa.__file__).parents[1]
DIALECTS: dict[str, Any] = {
    "dcsa": dcsa,
    "customs_xml": customs_xml,
    "rail": rail,
    "tabular": tabular,
    "epcis": epcis,
}
TOO_LARGE = {f"refused {Trouble.OUT_OF_BOUNDS}"}
IN_WORKBOOKS = {f"refused {Trouble.UNSAFE_XML}", f"refused {Trouble.UNKNOWN_MESSAGE}"}
"""Shown by their own tests: they are no text."""
ALL = [(name, e) for name in DIALECTS for e in examples(FOLDER / name / "examples.toml")]


@pytest.mark.parametrize(("name", "example"), ALL, ids=lambda each: getattr(each, "name", each))
def test_an_example_comes_to_what_it_says(name: str, example: Example) -> None:
    dialect = DIALECTS[name]
    decoded = dialect.decode(example.data, dialect.Profile.read(example.profile))
    assert sentences(decoded) == example.comes_to


@pytest.mark.parametrize("name", DIALECTS)
def test_every_trouble_that_a_dialect_speaks_of_has_its_example(name: str) -> None:
    spoken = {
        f"refused {trouble}" for path in (FOLDER / name).glob("*.py") for trouble in _in(path)
    }
    shown = {said for of, example in ALL if of == name for said in example.comes_to}
    assert spoken - TOO_LARGE - IN_WORKBOOKS <= shown


def _in(path: Path) -> set[Trouble]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        Trouble[node.attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Trouble"
    }


FEEDS = Path(__file__).resolve().parents[3] / "docs" / "feeds.md"


def _row(*words: str) -> list[str]:
    """The cells of the one row of the conformance table that holds these words."""
    lines = FEEDS.read_text(encoding="utf-8").splitlines()
    (found,) = [line for line in lines if line.startswith("|") and all(w in line for w in words)]
    return [cell.strip() for cell in found.strip("|").split("|")]


@pytest.mark.parametrize("family", ["EQUIPMENT", "TRANSPORT", "SHIPMENT"])
def test_the_conformance_table_tells_every_code_of_dcsa(family: str) -> None:
    rows = {code.code: code for (of, _), code in codes().items() if of == family}
    _, _, message, mapped, refused, _ = _row("[examples](../events/dialects/dcsa", family.lower())
    assert message == family.lower()
    for code in rows.values():
        kinds = {kind for kind in (code.kind, code.rail) if kind}
        told = code.name if code.ahead else code.code
        assert told in (mapped if kinds else refused), code
        assert {f"`{kind}`" for kind in kinds if not code.ahead} <= set(
            re.findall(r"`[a-z-]+`", mapped)
        )


def test_the_conformance_table_tells_every_message_of_customs() -> None:
    table = "\n".join(FEEDS.read_text(encoding="utf-8").splitlines())
    for type, row in messages().items():
        shown = type if row.says or type in table else f"{type[:4]}.."
        assert shown in table, type
        for says in row.says:
            assert f"`{says.kind}`" in " ".join(_row(f"{type}")), type


def test_the_conformance_table_tells_every_step_of_epcis() -> None:
    mapped = _row("GS1 EPCIS")[3]
    for name, step in steps().items():
        for kind in filter(None, (step.kind, step.rail, step.air, step.out)):
            assert re.search(rf"{name} [^a-z]*`.*?`{kind}`|{name} `{kind}`", mapped), (name, kind)
    told = set(re.findall(r"(?:bizStep: |, )([a-z_]+) `", mapped))
    assert told == steps().keys()
