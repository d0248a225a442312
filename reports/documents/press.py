"""One content into the files of a folder, and made again the same wherever the tools are the same.

PDF is set by a program with fonts of the machine, and Parquet is written by a library; another
version writes other bytes. So what a folder was made with is recorded, and where something else is
at hand those files are left out rather than made differently. Must never know what a document says.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from reports.documents.blocks import LANGUAGES, Document, Language
from reports.documents.fonts import FontChoice, FontMissing, setting
from reports.documents.html import html
from reports.documents.lines import Line, as_csv, as_parquet
from reports.documents.markdown import markdown
from reports.documents.paper import pdf

Form = Literal["md", "html", "pdf", "csv", "parquet"]

FORMS: Final[tuple[Form, ...]] = ("md", "html", "pdf", "csv", "parquet")
_PER_LANGUAGE: Final = ("md", "html", "pdf")


class Job(NamedTuple):
    """What is made: forms and languages, and by form (PDF: by form and language) the tools."""

    languages: tuple[Language, ...]
    forms: tuple[Form, ...]
    tools: Mapping[str, str]

    @property
    def words(self) -> dict[str, str]:
        """As a request records it."""
        tools = {f"made-with.{what}": tool for what, tool in self.tools.items()}
        return {"languages": " ".join(self.languages), "forms": " ".join(self.forms), **tools}


def job(languages: Sequence[Language], forms: Sequence[Form], choice: FontChoice) -> Job:
    """A job with the tools at hand. Raises FontMissing where paper is asked for without a font."""
    tools = dict[str, str]()
    for language in languages if "pdf" in forms else ():
        tools[f"pdf.{language}"] = setting(language, choice)
    if "parquet" in forms:
        tools["parquet"] = _parquet_writer()
    return Job(tuple(languages), tuple(forms), tools)


def job_of(request: Mapping[str, str]) -> Job:
    """The job that a request records. Words that nobody knows are passed over."""
    prefix = "made-with."
    return Job(
        tuple(one for one in LANGUAGES if one in request["languages"].split()),
        tuple(one for one in FORMS if one in request["forms"].split()),
        {k.removeprefix(prefix): v for k, v in request.items() if k.startswith(prefix)},
    )


def pressed(
    documents: Iterable[Document], lines: Sequence[Line], of: Job, at: datetime, choice: FontChoice
) -> dict[str, bytes]:
    """The files by name, without those whose tools are not at hand: `bulletin-2026-03.zh.html`."""
    found, name = dict[str, bytes](), ""
    for document in documents:
        name = document.name
        for form in _PER_LANGUAGE:
            if form in of.forms and (content := _made(document, form, of, at, choice)) is not None:
                found[f"{name}.{document.language}.{form}"] = content
    if "csv" in of.forms:
        found[f"{name}.csv"] = as_csv(lines)
    if "parquet" in of.forms and of.tools.get("parquet") == _parquet_writer():
        found[f"{name}.parquet"] = as_parquet(lines)
    return found


def _made(document: Document, form: str, of: Job, at: datetime, choice: FontChoice) -> bytes | None:
    if form == "md":
        return markdown(document).encode()
    if form == "html":
        return html(document).encode()
    try:
        here = setting(document.language, choice)
    except FontMissing:
        return None
    return pdf(document, at, choice) if of.tools.get(f"pdf.{document.language}") == here else None


def _parquet_writer() -> str:
    import pyarrow

    return f"pyarrow {pyarrow.__version__}"
