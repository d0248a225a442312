"""Documents on order: sealed, made again from what is in the folder, refused in one sentence."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portclock.cli import app
from portclock.documents import PRESSES, Asked, Printing, bulletin_files, study_files
from reports.bulletin.choosing import NotPublished
from reports.documents.fonts import FontChoice
from reports.documents.press import Form, job
from reports.documents.testing import MemoryShelf, publication
from reports.vintages import examining, packing, seal
from reports.vintages.examining import Material
from reports.vintages.finding import Finding

NOW = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
SHELF = MemoryShelf(publication())


def _printing(*forms: Form) -> Printing:
    choice = FontChoice()
    return Printing(job(("en",), forms, choice), choice, seal.new_key(), NOW)


def _presses() -> dict[str, examining.Press]:
    def pressing(name: str) -> examining.Press:
        return lambda known: PRESSES[name](
            known.request, known.vintages, known.published, FontChoice()
        )

    return {name: pressing(name) for name in PRESSES}


@dataclass
class _Folder:
    path: Path
    printing: Printing

    def findings(self) -> list[Finding]:
        it = examining.opened(self.path)
        assert isinstance(it, examining.Opened)
        known, cells = examining.material(it)
        assert isinstance(known, Material)
        return [
            examining.signature(self.path, it.content, [self.printing.key]),
            *examining.files(it),
            *cells,
            *examining.documents(it, known, _presses()),
        ]


@pytest.fixture(params=["bulletin", "study"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> _Folder:
    printing = _printing("md", "html", "pdf", "csv", "parquet")
    make = bulletin_files if request.param == "bulletin" else study_files
    packing.write(tmp_path / "out", make(SHELF, Asked("2026-03"), printing))
    return _Folder(tmp_path / "out", printing)


def test_a_sealed_folder_is_made_again_byte_for_byte_from_what_is_in_it(folder: _Folder) -> None:
    found = folder.findings()
    assert [one for one in found if one.state != "equal"] == []
    assert sum(one.word == "document-same" for one in found) == 5


def test_a_document_that_was_touched_is_found_though_its_hash_were_mended(
    folder: _Folder,
) -> None:
    (csv,) = folder.path.glob("*.csv")
    csv.write_bytes(csv.read_bytes().replace(b",mean_h,", b",mean_h,9", 1))
    words = {one.word for one in folder.findings() if one.state != "equal"}
    assert words == {"file-changed", "document-changed"}


def test_a_month_without_a_vintage_is_refused() -> None:
    with pytest.raises(NotPublished, match="2024-05"):
        bulletin_files(SHELF, Asked("2024-05"), _printing("md"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["bulletin", "--month", "March"], 2, "is no month"),
        (["bulletin", "--month", "2026-03", "--forms", "docx"], 2, "md,html,pdf,csv,parquet"),
        (["bulletin", "--month", "2026-03", "--fonts", "nowhere"], 2, "is no folder"),
        (["bulletin", "--month", "2026-03", "--font", "No Such Song"], 1, "No Such Song"),
        (["bulletin", "--month", "2026-03", "--baselines", "nowhere"], 1, "name a file"),
        (["study", "--from", "2026-03", "--to", "2026-01"], 2, "is before"),
        (["bulletin", "--month", "2026-03", "--forms", "md"], 1, "ClickHouse"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: list[str], code: int, said: str, tmp_path: Path
) -> None:
    environment = {
        "PORTCLOCK_CLICKHOUSE": "clickhouse://default@127.0.0.1:1/portclock",
        "PORTCLOCK_SEAL_KEYS": str(tmp_path / "keys"),
        "COLUMNS": "200",
    }
    found = CliRunner().invoke(app, arguments, env=environment)
    assert found.exit_code == code
    assert said in found.output + str(found.exception)
