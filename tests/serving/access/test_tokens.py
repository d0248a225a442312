"""Tokens: shown once, kept as a hash, read back as written, refused as a whole when in doubt."""

import stat
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from serving.access import tokens
from serving.access.token_file import TokenFile
from serving.access.tokens import TokensError, id_in, make, read, written
from serving.access.viewers import Role, Viewer

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
WANG = Viewer('Wáng "Wei" 王\\', Role.OPERATOR, frozenset({"CNSHD"}), frozenset({"SHD-1", "SHD-2"}))


def test_a_token_is_its_hash_and_its_text_is_nowhere_else() -> None:
    text, token = make(WANG, NOW, LATER)
    assert token.sha256 == sha256(text.encode()).hexdigest()
    assert token.matches(text)
    assert id_in(text) == token.id
    assert text not in written([token])
    assert text.split("_", 2)[2] not in repr(token)


def test_two_tokens_are_never_alike_and_another_text_does_not_match() -> None:
    texts = {make(WANG, NOW, LATER)[0] for _ in range(100)}
    assert len(texts) == 100
    text, token = make(WANG, NOW, LATER)
    other = text[:-1] + ("A" if text[-1] != "A" else "B")
    assert id_in(other) == token.id
    assert not token.matches(other)


@pytest.mark.parametrize("text", ["", "pck_", "pck_0_x", "x" * 60, "pck_zzzzzzzzzzzz_" + "A" * 43])
def test_what_is_no_token_s_text_names_none(text: str) -> None:
    assert id_in(text) is None


def test_a_sender_s_token_names_its_feeds_and_keeps_them_and_nobody_else_s_does() -> None:
    sender = Viewer("tos", Role.SENDER, feeds=frozenset({"tos", "rail"}))
    _, token = make(sender, NOW, LATER)
    assert read(written([token]))[token.id].viewer == sender
    for wrong in (Viewer("tos", Role.SENDER), Viewer("w", Role.STEWARD, feeds=frozenset({"tos"}))):
        with pytest.raises(TokensError, match="names its feeds"):
            make(wrong, NOW, LATER)


def test_it_is_good_until_its_end_and_not_at_its_end() -> None:
    _, token = make(WANG, NOW, LATER)
    assert token.valid(LATER - timedelta(seconds=1))
    assert not token.valid(LATER)


def test_what_is_written_is_read_back_whole() -> None:
    found = [make(viewer, NOW, LATER)[1] for viewer in (WANG, Viewer("all", Role.STEWARD))]
    assert list(read(written(found)).values()) == found
    assert found[0].viewer == WANG


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81, "a\x7f"])
def test_a_name_that_no_log_could_show_is_refused(name: str) -> None:
    with pytest.raises(TokensError, match="printable"):
        make(Viewer(name, Role.STEWARD), NOW, LATER)


@pytest.mark.parametrize("wrong", [
    'role = "king"', 'sha256 = "short"', "ports = 7", 'ports = ["CNSHD", 7]', 'ports = [""]',
    "expires_at = 2026-03-02", 'expires_at = "soon"', 'name = ""', "ports", "role = 7",
])  # fmt: skip
def test_one_wrong_entry_makes_all_unreadable(wrong: str) -> None:
    good = written([make(WANG, NOW, LATER)[1], make(WANG, NOW, LATER)[1]])
    key = wrong.split(" ")[0]
    kept = [line for line in good.splitlines() if not line.startswith(key)]
    with pytest.raises(TokensError, match="as portclock writes them"):
        read("\n".join([*kept, wrong]))


@pytest.mark.parametrize("field", ["ports", "facilities", "role", "expires_at", "sha256"])
def test_a_field_that_is_missing_never_means_everything(field: str) -> None:
    text = written([make(WANG, NOW, LATER)[1]])
    lines = [line for line in text.splitlines() if not line.startswith(field)]
    with pytest.raises(TokensError):
        read("\n".join(lines))


def test_what_one_process_revokes_the_other_sees_at_once(tmp_path: Path) -> None:
    ours, theirs = TokenFile(tmp_path / "t.toml"), TokenFile(tmp_path / "t.toml")
    text, token = ours.add(WANG, NOW, LATER)
    kept = theirs.token(token.id)
    assert kept is not None
    assert kept.matches(text)
    assert [one.id for one in theirs.revoke(lambda one: one.name == WANG.name, NOW)] == [token.id]
    after = ours.token(token.id)
    assert after is not None
    assert not after.valid(NOW)
    assert ours.revoke(lambda one: True, NOW) == []


def test_its_file_is_for_its_owner_alone_and_none_is_no_token(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "t.toml"
    assert TokenFile(file).all() == []
    TokenFile(file).add(WANG, NOW, LATER)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in TokenFile(file).all()] == [WANG.name]


def test_a_file_that_cannot_be_read_lets_nobody_in_and_is_never_written_over(
    tmp_path: Path,
) -> None:
    file = tmp_path / "t.toml"
    kept = TokenFile(file)
    _, token = kept.add(WANG, NOW, LATER)
    broken = file.read_text() + "\n[tokens.x]\nname = 1\n"
    file.write_text(broken)
    assert kept.token(token.id) is None
    assert "nobody gets in" in (kept.trouble or "")
    with pytest.raises(TokensError):
        kept.add(WANG, NOW, LATER)
    assert file.read_text() == broken


def test_tokens_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.access.token_file.TOKENS_MAX", 2)
    kept = TokenFile(tmp_path / "t.toml")
    kept.add(WANG, NOW, LATER)
    kept.add(WANG, NOW, LATER)
    with pytest.raises(TokensError, match="more than 2"):
        kept.add(WANG, NOW, LATER)
    monkeypatch.setattr(tokens, "TOKENS_MAX", 1)
    with pytest.raises(TokensError, match="more than 1"):
        TokenFile(tmp_path / "t.toml").all()
