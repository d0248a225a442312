"""The tree as the house tests see it: our Python files, their functions, the text of the rest."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("events", "timing", "streams", "sinks", "serving", "dashboards", "reports", "portclock")


class Function(NamedTuple):
    """A function and where it stands."""

    file: Path
    name: str
    line: int
    lines: int
    parameters: int


def kept_files() -> list[Path]:
    """Every file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def python_files(*folders: str) -> list[Path]:
    """Python files below the named folders of the repository; all of them without a name. What git
    ignores is not ours: load tests make environments of their own."""
    tops = tuple(ROOT / top for top in folders or (*PACKAGES, "load_tests", "tests"))
    return sorted(f for f in kept_files() if f.suffix == ".py" and _is_below(f, tops))


def _is_below(file: Path, tops: tuple[Path, ...]) -> bool:
    return any(top in file.parents for top in tops)


def functions(file: Path) -> Iterator[Function]:
    """Every function of a file, nested ones too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            count = len([a for a in node.args.args if a.arg not in ("self", "cls")])
            yield Function(file.relative_to(ROOT), node.name, node.lineno, length, count)
