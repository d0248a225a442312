"""A signature is of these bytes and of this key, or it is none; stock tools say the same."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from reports.vintages import seal

patiently = settings(deadline=None, max_examples=50)

KEY = seal.new_key()
OTHER = seal.new_key()
PAYLOAD = b'{\n "manifest": "\xe9\x80\x9a\xe6\x8a\xa5"\n}\n'
SIGNED = seal.sign(PAYLOAD, KEY)


def why(payload: bytes, signature: bytes, *keys: OKPKey) -> str:
    with pytest.raises(seal.SealBroken) as broken:
        seal.check(payload, signature, keys or (KEY, OTHER))
    return broken.value.why


def signed_with(header: dict[str, Any], key: Any = KEY) -> bytes:
    whole = jws.serialize_compact(header, PAYLOAD, key, algorithms=[header["alg"]])
    return jws.detach_content(whole).encode()


def test_what_was_signed_is_known_by_its_key() -> None:
    assert seal.check(PAYLOAD, SIGNED, [OTHER, KEY]) == KEY.thumbprint()


def test_every_other_text_of_the_signature_is_refused() -> None:
    """All eight bits of every byte, among them those that base64 does not use."""
    for place in range(len(SIGNED)):
        for bit in range(8):
            text = bytearray(SIGNED)
            text[place] ^= 1 << bit
            with pytest.raises(seal.SealBroken):
                seal.check(PAYLOAD, bytes(text), [KEY])


@patiently
@given(st.integers(0, len(PAYLOAD) - 1), st.integers(1, 255))
def test_every_other_payload_is_refused(place: int, flip: int) -> None:
    payload = bytearray(PAYLOAD)
    payload[place] ^= flip
    assert why(bytes(payload), SIGNED) == seal.WRONG


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"..",
        SIGNED + b"\n",
        b" " + SIGNED,
        SIGNED + b"=",
        SIGNED.replace(b"..", b".AA."),
        b"x",
    ],
)
def test_what_is_no_signature_is_malformed(text: bytes) -> None:
    assert why(PAYLOAD, text) == seal.MALFORMED


def test_a_key_that_nobody_gave_is_named_and_not_believed() -> None:
    with pytest.raises(seal.SealBroken) as broken:
        seal.check(PAYLOAD, SIGNED, [OTHER])
    assert (broken.value.why, broken.value.key_id) == (seal.UNKNOWN_KEY, KEY.thumbprint())


def test_a_signature_under_somebody_elses_name_is_wrong() -> None:
    header = {"alg": seal.ALGORITHM, "kid": KEY.thumbprint(), "typ": seal.TYPE}
    assert why(PAYLOAD, signed_with(header, OTHER)) == seal.WRONG


def test_a_signature_for_another_purpose_is_none_here() -> None:
    header = {"alg": seal.ALGORITHM, "kid": KEY.thumbprint()}
    assert why(PAYLOAD, signed_with({**header, "typ": "JWT"})) == seal.MALFORMED
    assert why(PAYLOAD, signed_with(header)) == seal.MALFORMED


def test_no_other_algorithm_is_taken() -> None:
    """Above all none, and a public key taken for a shared secret."""
    raw = base64.urlsafe_b64decode(seal.public_form(KEY)["x"] + "=")
    for algorithm, key in (
        ("HS512", OctKey.import_key(raw + raw)),
        ("ES256", ECKey.generate_key("P-256")),
    ):
        header = {"alg": algorithm, "kid": KEY.thumbprint(), "typ": seal.TYPE}
        assert why(PAYLOAD, signed_with(header, key)) == seal.MALFORMED
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"portclock-manifest"}').rstrip(b"=")
    assert why(PAYLOAD, none + b".." + b"A" * 86) == seal.MALFORMED


def test_public_keys_are_read_from_a_set_or_alone_and_named_by_what_they_are() -> None:
    document = seal.public_form(KEY)
    lying = {**document, "kid": OTHER.thumbprint()}
    foreign = ECKey.generate_key("P-256").as_dict(private=False)
    found = seal.public_keys({"keys": [lying, foreign, "nonsense", {"crv": "Ed25519", "x": "?"}]})
    assert list(found) == [KEY.thumbprint()]
    assert list(seal.public_keys(document)) == [KEY.thumbprint()]
    documents: tuple[object, ...] = ([], "keys", {"keys": "many"}, None)
    for nonsense in documents:
        with pytest.raises(ValueError, match="no JWK Set"):
            seal.public_keys(nonsense)


def test_the_private_half_is_in_nothing_public() -> None:
    private = KEY.as_dict(private=True)["d"]
    assert isinstance(private, str)
    assert private not in json.dumps(seal.public_form(KEY))
    assert not seal.public_keys({"keys": [KEY.as_dict(private=True)]})[KEY.thumbprint()].is_private


def test_openssl_says_the_same(tmp_path: Path) -> None:
    """As docs/vintages.md tells a third party to check it."""
    header, _, signature = SIGNED.partition(b"..")
    signing_input = header + b"." + base64.urlsafe_b64encode(PAYLOAD).rstrip(b"=")
    for name, content in {
        "key.pem": KEY.as_pem(private=False),
        "input": signing_input,
        "forged": signing_input + b"A",
        "signature": base64.urlsafe_b64decode(signature + b"=="),
    }.items():
        (tmp_path / name).write_bytes(content)

    def verified(text: str) -> bool:
        words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
        words += ["-in", text, "-sigfile", "signature"]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 0

    assert verified("input")
    assert not verified("forged")
