"""Prose that is run: links lead somewhere, and the commands in the README exist."""

import re
from pathlib import Path

import pytest
from tree import ROOT, kept_files

PAGES = [f for f in kept_files() if f.suffix == ".md"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_make_targets_named_exist(page: Path) -> None:
    named = re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))
    assert set(named) <= set(TARGETS)


def test_every_decision_is_half_a_page_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    notes = sorted(folder.glob("[0-9]*.md"))
    assert len(notes) >= 5
    for note in notes:
        assert note.name in index
        assert len(note.read_text(encoding="utf-8").split()) <= 450, note.name
