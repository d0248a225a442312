"""The evaluators' notebook, run against a served board: it pulls, plots, verifies a signature and
makes a table of the bulletin again, by the API alone."""

import ast
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from portclock.board.catalogue import catalogue
from portclock.board.sealed import SealedFolders
from portclock.board.testing import PlainPublished, PlainShelf, several_months
from portclock.documents import Asked, Printing, bulletin_files
from reports.documents.fonts import FontChoice
from reports.documents.press import job
from reports.vintages.keyring import Keyring
from reports.vintages.packing import write
from serving.access.testing import Staff
from serving.access.viewers import Role, Viewer
from serving.asks import Document, Language
from serving.evaluators.library import Library
from serving.web.app import House, make_app
from serving.web.testing import DeskInMemory, FiguresInMemory, PortInMemory, example_rules, served

NOTEBOOK = Path(__file__).parents[3] / "docs" / "notebooks" / "evaluator.ipynb"
MONTH, VISITS = "2026-03", 200
MADE_AT = {
    "2025-03.1": datetime(2025, 4, 9, 1, tzinfo=UTC),
    "2026-02.1": datetime(2026, 3, 9, 1, tzinfo=UTC),
    "2026-03.1": datetime(2026, 4, 2, 1, tzinfo=UTC),
    "2026-03.2": datetime(2026, 4, 9, 1, tzinfo=UTC),
}
MAY_IMPORT = {"json", "os", "decimal", "hashlib", "httpx", "matplotlib", "joserfc"}
CELL_WITHIN_S = 120


def notebook() -> nbformat.NotebookNode:
    """As it is kept."""
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-any-return, no-untyped-call]


class NoStories:
    """Nobody asks for one here."""

    def story(self, visit: str, language: Language) -> Document | None:
        """None."""
        return None

    def find(self, text: str) -> list[str]:
        """Nothing."""
        return []


class Served(NamedTuple):
    """A board that runs, a token for it, what it publishes, and its sealed bulletin."""

    address: str
    token: str
    kept: PlainPublished
    bulletin: Path

    def ran(self, but: str = "no such word") -> nbformat.NotebookNode:
        """The notebook after it ran here, without the cells that hold a word. Raises
        CellExecutionError."""
        found = notebook()
        found.cells = [cell for cell in found.cells if but not in cell.source]
        environ = {**os.environ, "PORTCLOCK_URL": self.address, "PORTCLOCK_TOKEN": self.token,
                   "MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # fmt: skip
        resources = {"metadata": {"path": str(self.bulletin.parent)}}
        client = NotebookClient(found, timeout=CELL_WITHIN_S, resources=resources)
        return client.execute(env=environ)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Served]:
    """Four vintages of three months, and the bulletin of the last, sealed."""
    kept, keyring = several_months(VISITS, MADE_AT), Keyring(tmp_path / "keys")
    choice = FontChoice()
    printing = Printing(job(("zh", "en"), ("md", "csv"), choice), choice, keyring.signing(),
                        datetime(2026, 4, 9, 2, tzinfo=UTC))  # fmt: skip
    folder = tmp_path / "sealed" / f"bulletin-{MONTH}"
    write(folder, bulletin_files(PlainShelf(kept), Asked(MONTH), printing))
    staff, port = Staff(), PortInMemory(example_rules())
    seals = SealedFolders(folder.parent, keyring)
    library = Library(catalogue(), kept, seals, port.rules.register.editions, staff.clock)
    house = House(port.board, port.changes, NoStories(), FiguresInMemory(port, []),
                  DeskInMemory(port), staff.doorkeeper, staff.clock, "e1", library)  # fmt: skip
    token = staff.hire(Viewer("Sun 孙", Role.EVALUATOR), timedelta(days=90))
    with served(make_app(house)) as address:
        yield Served(address, token, kept, folder)


def test_the_notebook_pulls_plots_verifies_and_makes_a_table_of_the_bulletin_again(
    board: Served,
) -> None:
    ran = board.ran()
    outputs = [one for cell in ran.cells for one in cell.get("outputs", ())]
    said = "".join(one.text for one in outputs if one.output_type == "stream")
    assert "this notebook is about 2026-03.2 chosen as newest-final" in said
    assert "signed by" in said
    assert said.count("cells, as signed") == len(catalogue().datasets)
    assert "word for word as in" in said
    assert any("image/png" in one.get("data", {}) for one in outputs)


def _another_figure(board: Served) -> None:
    """The tables give another mean than the one that was signed."""
    cells = board.kept.by_vintage["2026-03.2"]["limits"]
    spoiled = cells[0]._replace(figures={**cells[0].figures, "met": 1})
    kept = board.kept.by_vintage
    board.kept.by_vintage = {
        **kept, "2026-03.2": {**kept["2026-03.2"], "limits": (spoiled, *cells[1:])}
    }  # fmt: skip


def _another_manifest(board: Served) -> None:
    file = board.bulletin / "manifest.json"
    file.write_bytes(file.read_bytes().replace(b'"made_at"', b' "made_at"', 1))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_another_figure, "the API gives other figures than those that were signed"),
        (_another_manifest, "BadSignatureError"),
    ],
)
def test_the_notebook_notices(board: Served, spoil: Callable[[Served], None], said: str) -> None:
    spoil(board)
    with pytest.raises(CellExecutionError, match=said):
        board.ran(but="matplotlib")


def test_the_notebook_uses_the_api_and_nothing_else_of_ours() -> None:
    source = "\n".join(cell.source for cell in notebook().cells if cell.cell_type == "code")
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert imported == MAY_IMPORT


def test_the_notebook_is_kept_without_what_a_run_left() -> None:
    for cell in notebook().cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
