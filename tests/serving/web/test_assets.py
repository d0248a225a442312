"""Files come from the packages of this machine, and from nowhere else."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from serving.access.testing import Browser
from serving.access.viewers import Role, Viewer
from serving.web.assets import FOLDER, PLOTLY
from serving.web.rendering import FOLDER as TEMPLATES

STEWARD = Viewer("Zhao", Role.STEWARD)
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())


def test_the_chart_library_comes_out_of_its_wheel_packed_and_may_be_kept(
    signed_in: Callable[[Viewer], Browser],
) -> None:
    browser = signed_in(STEWARD)
    answer = browser.get(PLOTLY)
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.text.startswith("/**\n* plotly.js v")
    plain = browser.get(PLOTLY, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    assert len(gzip.compress(plain.content, 1)) < 2_000_000


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_file_of_ours_is_served_and_asked_for_again(file: Path, unknown: Browser) -> None:
    answer = unknown.get(f"/static/{file.relative_to(FOLDER)}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.content == file.read_bytes()


def test_no_file_or_template_names_another_place() -> None:
    files = [*FILES, *TEMPLATES.rglob("*.html")]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    found = {
        path.name: re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text)
        for path, text in texts.items()
        if path.suffix != ".svg"
    }
    assert {name: places for name, places in found.items() if places} == {}
