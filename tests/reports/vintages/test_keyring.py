"""Keys are made once, kept for their owner alone, and replaced without a gap."""

import json
import stat
from pathlib import Path

import pytest

from reports.vintages import seal
from reports.vintages.keyring import Keyring, KeyringError


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets" / "seal"
    first = Keyring(folder).signing()
    assert Keyring(folder).signing().thumbprint() == first.thumbprint()
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_asking_for_public_keys_makes_none(tmp_path: Path) -> None:
    assert Keyring(tmp_path / "seal").jwks() == {"keys": []}
    assert not (tmp_path / "seal").exists()


def test_after_a_rotation_the_new_key_signs_and_the_old_ones_still_prove(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    signatures = []
    for _ in range(3):
        signatures.append(seal.sign(b"x", ring.signing()))
        ring.rotate()
    known = list(seal.public_keys(ring.jwks()).values())
    assert len({seal.check(b"x", one, known) for one in signatures}) == 3
    assert ring.jwks()["keys"][0]["kid"] == ring.signing().thumbprint()


def test_an_old_key_signs_nothing_any_more(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    ring.signing()
    ring.rotate()
    kept = [json.loads(file.read_text()) for file in sorted(tmp_path.glob("seal-*.jwk"))]
    assert ["d" in document for document in kept] == [False, True]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["seal-1.jwk", "seal-2.jwk"]


def test_the_tenth_key_comes_after_the_ninth(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    for _ in range(10):
        newest = ring.rotate()
    assert ring.signing().thumbprint() == newest.thumbprint()
    assert ring.public()[0].thumbprint() == newest.thumbprint()


def test_no_private_half_is_published(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    private = ring.signing().as_dict(private=True)["d"]
    assert isinstance(private, str)
    assert private not in json.dumps(ring.jwks())


def test_a_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "seal-1.jwk").write_text("nonsense")
    with pytest.raises(KeyringError, match=r"seal-1\.jwk holds no key"):
        Keyring(tmp_path).signing()


def test_a_public_half_alone_cannot_sign(tmp_path: Path) -> None:
    (tmp_path / "seal-1.jwk").write_text(json.dumps(seal.public_form(seal.new_key())))
    with pytest.raises(KeyringError, match="holds no private key"):
        Keyring(tmp_path).signing()
