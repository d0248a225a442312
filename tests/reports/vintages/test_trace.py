"""A published number leads to every fact that it counts, and to nothing else."""

import pytest

from reports.datasets import dataset
from reports.plain import plain_cells
from reports.shapes import PublishedCell
from reports.testing import frozen_facts, vintage
from reports.vintages.trace import NoSuchCell, key_named, narrowing, trace

FACTS = frozen_facts(4, 120)


@pytest.mark.parametrize("name", ["clearance", "stages", "stage-split", "limits"])
def test_the_facts_of_a_cell_are_those_that_it_counts(name: str) -> None:
    of = dataset(name)
    for cell in plain_cells(FACTS, of)[::7]:
        facts = [
            f for f in FACTS if all(getattr(f, n) == w for n, w in narrowing(of, cell.key).items())
        ]
        found = trace(vintage(), of, PublishedCell(cell.key, {}), facts, lambda fact: fact.visit_id)
        counted = [ground for ground in found.grounds if ground.part == "counted"]
        summary = cell.summary
        assert len(counted) == summary.n
        assert sum(ground.seconds for ground in counted) == summary.sum_s
        assert found.parts.get("open", 0) == summary.open_n
        left_out = {word: n for word, n in found.parts.items() if word not in ("counted", "open")}
        assert left_out == dict(summary.left_out)
        assert sum(found.parts.values()) == len(found.grounds)


def test_definitions_editions_and_events_are_told() -> None:
    limits = dataset("limits")
    fact = next(f for f in FACTS if f.limits)._replace(event_ids=("tos/1",), definition="x/1")
    key = plain_cells([fact], limits)[0].key
    found = trace(vintage(), limits, PublishedCell(key, {}), [fact], lambda fact: "somebody")
    assert (found.definitions, found.editions) == ({"x/1": 1}, {"test/2026-01-01": 1})
    assert (found.grounds[0].visit, found.grounds[0].events) == ("somebody", ("tos/1",))
    assert found.dataset == "limits/1"


def test_a_cell_is_named_by_its_words_and_what_there_is_not_is_refused() -> None:
    clearance = dataset("clearance")
    key = key_named(clearance, {"direction": "import", "province": "CN-JS", "port": "CNLYG"})
    assert clearance.words(key) == {"direction": "import", "province": "CN-JS", "port": "CNLYG"}
    with pytest.raises(NoSuchCell, match="no colour; it has direction"):
        key_named(clearance, {"colour": "red"})
    with pytest.raises(NoSuchCell, match="no cells by direction, goods, peak; it has such by"):
        key_named(clearance, {"direction": "import", "goods": "general", "peak": "yes"})


def test_a_port_brings_its_province_with_it() -> None:
    clearance = dataset("clearance")
    key = key_named(clearance, {"direction": "import", "port": "CNLYG"})
    assert clearance.words(key)["province"] == "CN-JS"
