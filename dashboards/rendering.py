"""All boards in all languages as files: rendered, written, and compared with what is committed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dashboards.board import Board, dashboard_of
from dashboards.customs import CUSTOMS
from dashboards.evaluators import EVALUATORS
from dashboards.language import LANGUAGES, words
from dashboards.links import LIVE_BOARD
from dashboards.operations import OPERATIONS
from dashboards.pipeline import PIPELINE
from dashboards.sdk import written

BOARDS: Final[tuple[Board, ...]] = (OPERATIONS, CUSTOMS, EVALUATORS, PIPELINE)
COMMITTED: Final = Path(__file__).parent / "boards"


def rendered(live: str = LIVE_BOARD) -> dict[str, bytes]:
    """Path below the folder of boards, such as `en/customs.json`, to its JSON."""
    return {
        f"{language}/{board.name}.json": written(dashboard_of(board, words(language), live))
        for language in LANGUAGES
        for board in BOARDS
    }


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files below a folder, which is made where it is missing."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def differing(folder: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Each file that is missing, other than rendered, or not of ours, and which of these it is."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.glob("*/*.json")}
    said = {path: "is missing" for path in files if path not in there}
    said |= {path: "is no board of ours" for path in there if path not in files}
    for path in files.keys() & there.keys():
        if there[path].read_bytes() != files[path]:
            said[path] = "is not what the code renders"
    return dict(sorted(said.items()))
