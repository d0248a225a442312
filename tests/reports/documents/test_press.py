"""Files are made again the same, or left out where other tools are at hand."""

import pytest

from reports.bulletin.bulletin import bulletin
from reports.bulletin.compared import Months
from reports.bulletin.figures import figures
from reports.documents import press
from reports.documents.fonts import FontChoice
from reports.documents.press import FORMS, Job, job, job_of, pressed
from reports.documents.testing import publication


def _made(of: Job) -> dict[str, bytes]:
    months = Months(publication())
    documents = [bulletin(language, months, {}) for language in of.languages]
    made_at = months.now.vintage.made_at
    return pressed(documents, tuple(figures(months)), of, made_at, FontChoice())


def test_every_form_of_every_language_is_a_file_by_its_name() -> None:
    files = _made(job(("en",), FORMS, FontChoice()))
    named = {f"bulletin-2026-03.en.{form}" for form in ("md", "html", "pdf")}
    assert set(files) == named | {"bulletin-2026-03.csv", "bulletin-2026-03.parquet"}


def test_a_job_survives_being_written_down() -> None:
    of = job(("en",), FORMS, FontChoice())
    assert job_of({"vintage": "x", **of.words}) == of


def test_paper_and_columns_made_with_other_tools_are_left_out_and_not_made_differently() -> None:
    of = job(("en",), FORMS, FontChoice())
    other = of._replace(tools={what: "something else" for what in of.tools})
    whole, rest = _made(of), _made(other)
    assert set(whole) - set(rest) == {"bulletin-2026-03.en.pdf", "bulletin-2026-03.parquet"}
    assert rest == {name: whole[name] for name in rest}


def test_where_no_font_is_left_the_paper_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    of = Job(("zh",), ("md", "pdf"), {"pdf.zh": "made elsewhere"})
    monkeypatch.setattr("reports.documents.fonts.CHINESE", ())
    assert set(_made(of)) == {"bulletin-2026-03.zh.md"}


def test_only_the_forms_asked_for_need_their_tools() -> None:
    assert press.job(("zh", "en"), ("md", "csv"), FontChoice()).tools == {}
