"""What a bulletin says: every published figure where it belongs, and nothing that was withheld."""

import re
from decimal import Decimal

import pytest

from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.bulletin.figures import figures
from reports.bulletin.ranks import ranks, standardising
from reports.documents.blocks import (
    Chart,
    Document,
    Heading,
    Language,
    Listing,
    Paragraph,
    Plates,
    Table,
    Terms,
)
from reports.documents.markdown import markdown
from reports.documents.testing import hidden, publication
from reports.documents.writing import count, decimal

NUMBER = re.compile(r"^−?[\d,]+(\.\d\d)?$")
MONTHS = Months(publication(), publication("2026-02", 8, 2), publication("2025-03", 9, 2))
CHINESE = re.compile(r"[\u3000-\u9fff]")


@pytest.fixture(scope="module", params=["zh", "en"])
def document(request: pytest.FixtureRequest) -> Document:
    language: Language = request.param
    return bulletin(language, MONTHS, {})


def _tables(document: Document) -> dict[str, Table]:
    return {block.id: block for block in document.blocks if isinstance(block, Table)}


def _row(table: Table, name: str) -> tuple[str, ...]:
    (found,) = [row.cells for row in table.rows if row.cells[0] == name]
    return found


def test_the_mean_comes_first_with_two_decimals_and_its_cut_on_2017(document: Document) -> None:
    cell = publication().sheet("clearance").cell(direction="import")
    assert cell is not None
    mean = Decimal(cell.figures["mean_h"])
    plates = next(block for block in document.blocks if isinstance(block, Plates))
    assert plates.entries[0].value == decimal(mean)
    cut = ((1 - mean / Decimal("97.39")) * 100).quantize(Decimal("0.01"))
    assert "97.39" in plates.entries[0].lines[0]
    assert str(cut) in plates.entries[0].lines[0]


def test_every_port_stands_with_its_own_figures(document: Document) -> None:
    sheet = publication().sheet("clearance")
    names = {"zh": ("上海", "宁波", "青岛"), "en": ("Shanghai", "Ningbo", "Qingdao")}
    table = _tables(document)["spread-import-table"]
    for port, name in zip(("CNSHA", "CNNGB", "CNTAO"), names[document.language], strict=True):
        cell = sheet.cell(direction="import", port=port)
        assert cell is not None
        found = _row(table, name)
        assert found[3] == decimal(Decimal(cell.figures["median_h"]))
        assert found[5] == decimal(Decimal(cell.figures["p90_h"]))
        counted = _row(_tables(document)["counted-import-table"], name)
        assert counted[1] == count(int(cell.figures["n"]))


def test_imports_and_exports_are_never_in_one_table(document: Document) -> None:
    for direction in ("import", "export"):
        assert f"port-{direction}-table" in _tables(document)
        assert f"split-{direction}-table" in _tables(document)


def test_every_number_of_the_tables_is_among_the_figures_for_programs(document: Document) -> None:
    values = {line.value for line in figures(MONTHS) if line.value is not None}
    computed = {"trait-import-table", "trait-export-table", "fair-import-table"}
    computed |= {"fair-export-table", "withheld-table"}
    split = {"split-import-table", "split-export-table"}
    unknown = [
        (id, cell)
        for id, table in _tables(document).items()
        if id not in computed | split
        for row in table.rows
        for at, cell in enumerate(row.cells[1:], start=1)
        if NUMBER.match(cell) and not table.columns[at].head.startswith(("Rank", "名次"))
        if Decimal(cell.replace(",", "").replace("−", "-")) not in values
    ]
    assert unknown == []


def test_ranks_are_ranges_where_ports_cannot_be_told_apart(document: Document) -> None:
    table = _tables(document)["port-import-table"]
    places = ranks(publication().sheet("clearance"), "import").values()
    for place, row in zip(places, table.rows[:-1], strict=True):
        if place.reason is None:
            assert row.cells[1] == place.rank.replace("-", "–")
        else:
            assert row.cells[1] in ("样本少", "few units", "[c]")
    unranked = [row for row in table.rows if row.cells[1] in ("样本少", "few units")]
    assert unranked, "the fixture has a port with few units"


def test_a_month_with_nothing_to_compare_has_marks_and_says_what_they_mean() -> None:
    found = _tables(bulletin("en", Months(publication()), {}))["port-import-table"]
    assert {row.cells[4] for row in found.rows[:-1]} == {"[x]"}
    assert any(note.startswith("[x]") for note in found.notes)


def test_where_everything_is_withheld_no_figure_is_said(document: Document) -> None:
    found = bulletin(document.language, Months(hidden(publication())), {})
    for block in found.blocks:
        if isinstance(block, Table) and block.id != "withheld-table":
            assert not [c for r in block.rows for c in r.cells[1:] if NUMBER.match(c)]
    plates = next(block for block in found.blocks if isinstance(block, Plates))
    assert {plate.value for plate in plates.entries} == {"[c]"}


def test_what_is_withheld_is_counted_by_its_reason() -> None:
    of = hidden(publication())
    table = _tables(bulletin("en", Months(of), {}))["withheld-table"]
    numbers = sorted(int(row.cells[-1].replace(",", "")) for row in table.rows)
    assert numbers == sorted(len(cells) for cells in of.cells.values())
    assert all(row.cells[2].startswith("protects") for row in table.rows)


def test_single_figures_that_are_withheld_are_counted_too() -> None:
    now = publication()
    known = next(one for one in now.cells["limits"] if one.suppressed is None)
    cell = known._replace(withheld={"met": "protected", "breached": "protected"})
    of = now._replace(cells={"limits": (cell,)})
    table = _tables(bulletin("en", Months(of), {}))["withheld-table"]
    assert [row.cells[1:] for row in table.rows] == [
        ("single figures", "protects single companies or goods", "2")
    ]


def test_figures_for_programs_name_no_facility_and_no_group_that_is_not_shown() -> None:
    lines = list(figures(MONTHS))
    assert {"facility", "goods", "peak", "mode"} & {name for line in lines for name in line.words}
    assert not [line for line in lines if "facility" in line.words]
    assert not [line for line in lines if {"port", "goods"} <= set(line.words)]


def test_definitions_rules_and_hashes_are_named(document: Document) -> None:
    terms = {
        (entry.word, entry.means)
        for block in document.blocks
        if isinstance(block, Terms)
        for entry in block.entries
    }
    words, means = {word for word, _ in terms}, {means for _, means in terms}
    assert {"overall-clearance-import/1", "overall-clearance-export/1"} <= words
    vintage = publication().vintage
    assert {vintage.id, vintage.facts_hash, *vintage.rules.values()} <= means
    assert set(vintage.published.values()) <= means
    assert {"2026-02.2", "2025-03.2"} <= means
    assert any("97.39" in one and "https://" in one for one in means)


def test_a_restatement_says_why() -> None:
    vintage = publication().vintage._replace(standing="restated", reason="late events of TICT")
    text = markdown(bulletin("en", Months(publication()._replace(vintage=vintage)), {}))
    assert "Restated: late events of TICT" in text


def test_english_holds_no_chinese_even_where_a_reason_is_chinese() -> None:
    vintage = publication().vintage._replace(standing="restated", reason="迟到事件")
    document = bulletin("en", Months(publication()._replace(vintage=vintage)), {})
    assert not CHINESE.search(markdown(document))
    chinese = bulletin("zh", Months(publication()._replace(vintage=vintage)), {})
    assert "迟到事件" in markdown(chinese)


def test_captions_are_numbered_without_a_gap(document: Document) -> None:
    for kind in (Table, Chart):
        captions = [block.caption for block in document.blocks if isinstance(block, kind)]
        numbers = [int("".join(re.findall(r"\d+", one)[:1])) for one in captions]
        assert numbers == list(range(1, len(captions) + 1))


def test_no_word_of_a_template_is_left_unfilled(document: Document) -> None:
    assert "{" not in markdown(document)
    assert "None" not in markdown(document)


def test_promises_that_were_made_are_answered() -> None:
    cell = next(
        c
        for c in publication().sheet("limits").cells
        if "judged" in c.figures and c.key[1] == "*" and c.figures["judged"]
    )
    edition, limit = cell.key[3], cell.key[4]
    for bound, word in ((Decimal(0), "kept"), (Decimal("100.01"), "not kept")):
        table = _tables(bulletin("en", MONTHS, {(edition, limit): bound}))["kept-table"]
        answers = [row.cells[7] for row in table.rows if row.cells[2] == limit]
        assert answers == [word]


def test_the_order_in_which_cells_came_changes_nothing() -> None:
    now = publication()
    turned = now._replace(cells={id: some[::-1] for id, some in now.cells.items()})
    assert bulletin("zh", Months(turned), {}) == bulletin("zh", Months(now), {})


def test_like_for_like_is_refused_in_words_where_groups_are_missing() -> None:
    document = bulletin("en", Months(hidden(publication())), {})
    text = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert sum("no common mix" in one for one in text) == 2
    assert standardising(hidden(publication()).sheet("clearance"), "import") is None


def test_parts_are_in_the_order_that_readers_expect(document: Document) -> None:
    parts = [b.id for b in document.blocks if isinstance(b, Heading) and b.level == 2]
    assert parts == [
        "overall", "province", "port", "fair", "split", "trait", "kept", "withheld", "method",
    ]  # fmt: skip
    assert any(isinstance(block, Listing) for block in document.blocks)
