"""A draft is reviewed as a published edition would be, with its line and what to do."""

from pathlib import Path

import pytest

from reports.whatif.draft import reviewed
from timing.limits import load_edition

OLD = """\
edition = "here/1"
issuer = "a port"
title = "an example"
status = "example"
port = "CNLYG"
effective_from = 2026-01-01

[[limit]]
id = "here.move"
stage = "box-move"
kind = "duration"
within = "PT30M"
"""
DRAFT = (
    OLD.replace('"here/1"', '"here/2"')
    .replace("2026-01-01", '2027-01-01\nsupersedes = "here/1"')
    .replace("PT30M", "PT20M")
    + """
[[example]]
limit = "here.move"
given = ["10:00 move-ordered", "10:20 move-ended"]
expect = "met"
"""
)


def _complaints(folder: Path, text: str) -> list[str]:
    old, draft = folder / "old.toml", folder / "draft.toml"
    old.write_text(OLD, encoding="utf-8")
    draft.write_text(text, encoding="utf-8")
    found = reviewed(draft, [load_edition(old)])
    return [f"{one.line}: {one.what}; {one.remedy}" for one in found.complaints]


def test_a_sound_draft_is_read(tmp_path: Path) -> None:
    assert _complaints(tmp_path, DRAFT) == []
    found = reviewed(tmp_path / "draft.toml", [])
    assert found.draft is not None
    assert found.draft.edition == "here/2"


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("within = ", "whithin = ", "there is no key 'whithin' here; did you mean 'within'"),
        ('stage = "box-move"', 'stage = "box-moves"', "there is no stage 'box-moves'"),
        ('"10:20 move-ended"', '"10:21 move-ended"', "here.move says breached, expected met"),
        ('limit = "here.move"', 'limit = "here.other"', "here.other"),
        ('supersedes = "here/1"', 'supersedes = "here/0"', "supersedes 'here/0', which is not"),
        ('supersedes = "here/1"', "", "here.move is in force together with here.move of here/1"),
        ('edition = "here/2"', 'edition = "here/1"', "there is an edition 'here/1' already"),
        ("[[limit]]", "[[limit]", "not TOML"),
    ],
)
def test_what_would_keep_it_from_being_published_is_told(
    wrong: str, right: str, complaint: str, tmp_path: Path
) -> None:
    assert wrong in DRAFT
    found = _complaints(tmp_path, DRAFT.replace(wrong, right, 1))
    assert any(complaint in one for one in found), found


def test_a_limit_without_an_example_is_told_with_its_line(tmp_path: Path) -> None:
    text = DRAFT.partition("[[example]]")[0]
    line = text.splitlines().index("[[limit]]") + 1
    [one] = _complaints(tmp_path, text)
    assert one.startswith(f"{line}: limit here.move has no example; add")


def test_a_limit_that_is_gone_must_be_withdrawn(tmp_path: Path) -> None:
    renamed = DRAFT.replace("here.move", "here.lift")
    [one] = _complaints(tmp_path, renamed)
    assert "here/1 had a limit here.move, and this edition has none of that id" in one
    said = 'supersedes = "here/1"'
    withdrawn = renamed.replace(said, f'{said}\nwithdraws = ["here.move"]')
    assert _complaints(tmp_path, withdrawn) == []


def test_faults_of_other_editions_are_not_the_drafts(tmp_path: Path) -> None:
    """Two editions that overlap already."""
    draft = tmp_path / "draft.toml"
    draft.write_text(DRAFT.replace('port = "CNLYG"', 'port = "CNSHD"'), encoding="utf-8")
    (tmp_path / "old.toml").write_text(OLD, encoding="utf-8")
    old = load_edition(tmp_path / "old.toml")
    twin = old.model_copy(update={"edition": "here/x", "issuer": "b"})
    assert reviewed(draft, [old, twin]).complaints == ()
