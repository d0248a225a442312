"""A study has the sections of the model report, and concludes only what its figures say."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.bulletin.split import splitting
from reports.documents.blocks import Document, Heading, Language, Listing, Paragraph, Table
from reports.documents.fonts import FontChoice
from reports.documents.markdown import markdown
from reports.documents.press import job
from reports.documents.sheet import Publication
from reports.documents.testing import hidden, key, publication
from reports.documents.voice import voice
from reports.shapes import PublishedCell
from reports.study.conclusions import conclusions
from reports.study.press import press, request
from reports.study.scope import censored_at
from reports.study.study import study
from timing.series import rounded


@pytest.fixture(scope="module", params=["zh", "en"])
def document(request: pytest.FixtureRequest) -> Document:
    language: Language = request.param
    return study(language, publication())


def _conclusions(of: Publication, language: Language = "en") -> tuple[str, ...]:
    found = list(conclusions(voice(language), of))[-1]
    return found.items if isinstance(found, Listing) else ()


def _publication(*cells: PublishedCell) -> Publication:
    return publication()._replace(cells={"clearance": cells})


def _cell(mean: str | None, **words: str) -> PublishedCell:
    named = key("clearance", direction="import", **words)
    if mean is None:
        return PublishedCell(named, {}, "protected")
    return PublishedCell(named, {"n": 50, "mean_h": Decimal(mean), "median_h": Decimal(mean)})


def test_the_sections_are_those_of_the_model_report_in_its_order(document: Document) -> None:
    parts = [b.id for b in document.blocks if isinstance(b, Heading) and b.level == 2]
    assert parts[:5] == ["objectives", "scope", "methodology", "analysis", "conclusions"]


def test_the_censoring_date_is_the_end_of_the_last_month() -> None:
    assert censored_at("2026-01/2026-03").isoformat() == "2026-03-31T16:00:00+00:00"
    text = markdown(study("en", publication()))
    assert "Censoring date: 2026-04-01 00:00" in text


def test_mean_median_mode_range_and_extremes_are_there(document: Document) -> None:
    tables = {block.id: block for block in document.blocks if isinstance(block, Table)}
    assert len(tables["summary-table"].columns) == 9
    cell = publication().sheet("clearance").cell(direction="import")
    assert cell is not None
    row = tables["summary-table"].rows[0].cells
    assert row[2] == f"{cell.figures['mean_h']}"
    assert row[4] == f"{cell.figures['modal_h']}"
    assert row[8] == f"{cell.figures['mean_without_extremes_h']}"


def test_time_is_told_by_mode_channel_goods_declaration_and_peak(document: Document) -> None:
    tables = {block.id: block for block in document.blocks if isinstance(block, Table)}
    names = " ".join(row.cells[0] for row in tables["trait-import-table"].rows)
    words = {
        "zh": ("运输方式", "查验", "申报", "货类", "时段"),
        "en": ("Mode", "Channel", "Declaration", "Goods", "Begun"),
    }
    assert all(word in names for word in words[document.language])


def test_conclusions_say_the_figures_as_printed() -> None:
    cell = publication().sheet("clearance").cell(direction="import")
    assert cell is not None
    split = splitting(publication().sheet("stage-split"), "import").together
    assert split.whole_h is not None
    longest = max(split.parts_h)
    first, second, *_ = _conclusions(publication())
    for measure in ("mean_h", "median_h"):
        assert f"{cell.figures[measure]}" in first
    assert f"of {split.whole_h} hours for the whole stay, clearance preparation took" in second
    share = rounded(Fraction(longest) / Fraction(split.whole_h) * 100, 2)
    assert f"{longest} hours ({share}%)" in second
    assert f"customs clearance took {split.parts_h[2]} hours" in second


def test_where_nothing_may_be_said_nothing_is_concluded() -> None:
    assert _conclusions(hidden(publication())) == ()
    text = markdown(study("en", hidden(publication())))
    assert "No figure of this period may be published" in text


def test_a_mean_that_is_not_above_its_median_is_not_said_to_be() -> None:
    (sentence,) = _conclusions(_publication(_cell("20.00")))
    assert "above" not in sentence


def test_ports_are_compared_only_where_two_differ() -> None:
    one = {"province": "CN-JS", "port": "CNLYG"}
    other = {"province": "CN-SH", "port": "CNSHA"}
    assert _conclusions(_publication(_cell("20.00", **one), _cell("20.00", **other))) == ()
    assert _conclusions(_publication(_cell("20.00", **one), _cell(None, **other))) == ()
    (found,) = _conclusions(_publication(_cell("20.00", **one), _cell("30.00", **other)))
    assert "20.00 hours (Lianyungang) and 30.00 hours (Shanghai)" in found


def test_means_of_few_units_are_not_compared() -> None:
    def few(mean: str, n: int, **words: str) -> PublishedCell:
        cell = _cell(mean, **words)
        return cell._replace(figures={**cell.figures, "n": n})

    for n, sentences in ((23, 0), (24, 1)):
        cells = (few("9.00", n, inspected="yes"), few("4.50", 24, inspected="no"))
        assert len(_conclusions(_publication(*cells))) == sentences


def test_extremes_that_move_no_mean_are_not_worth_a_sentence() -> None:
    cell = _cell("9.00")
    for without, sentences in (("9.00", 1), ("8.50", 2)):
        figures = {**cell.figures, "mean_without_extremes_h": Decimal(without)}
        assert len(_conclusions(_publication(cell._replace(figures=figures)))) == sentences


def test_a_trait_is_compared_only_where_both_sides_are_published() -> None:
    assert _conclusions(_publication(_cell("9.00", inspected="yes"))) == ()
    (found,) = _conclusions(
        _publication(_cell("9.00", inspected="yes"), _cell("4.50", inspected="no"))
    )
    assert "4.50 hours apart" in found


def test_no_cause_is_named() -> None:
    text = " ".join(_conclusions(publication())).lower()
    assert not re.search(r"\b(because|due to|caused|owing|thanks to)\b", text)


def test_no_word_of_a_template_is_left_unfilled(document: Document) -> None:
    assert "{" not in markdown(document)
    assert "None" not in markdown(document)


def test_a_study_is_made_again_from_its_request_to_the_byte() -> None:
    of = publication()
    words = request(of.vintage.id, job(("zh", "en"), ("md", "html", "csv"), FontChoice()))
    files = press(words, [of.vintage], {of.vintage.id: of.cells})
    assert files == press(words, [of.vintage], {of.vintage.id: of.cells})
    assert set(files) == {
        "study-2026-03.zh.md", "study-2026-03.zh.html", "study-2026-03.en.md",
        "study-2026-03.en.html", "study-2026-03.csv",
    }  # fmt: skip


def test_a_span_is_said_with_both_its_ends() -> None:
    of = publication()
    span = of._replace(vintage=of.vintage._replace(month="2025-12/2026-03"))
    assert study("en", span).title == "Time release study, December 2025 to March 2026"
    assert study("zh", span).name == "study-2025-12_2026-03"


def test_methods_are_said_in_the_words_of_a_study(document: Document) -> None:
    listings = [item for b in document.blocks if isinstance(b, Listing) for item in b.items]
    assert any("period of the study" in item or "研究期" in item for item in listings)
    assert any(isinstance(block, Paragraph) for block in document.blocks)
