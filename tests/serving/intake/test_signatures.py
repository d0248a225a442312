"""A signature counts for the very bytes and by a secret of the feed, and for nothing else."""

import hmac

import pytest

from serving.intake.signatures import is_signed

OLD, NEW = b"o" * 64, b"n" * 64
BODY = '[{"eventID": "e", "remark": "箱"}]\n'.encode()


def signature(secret: bytes, body: bytes = BODY, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret, body, 'sha256').hexdigest()}"


def test_the_standards_own_example_is_understood() -> None:
    """The digest was made by openssl: `openssl dgst -sha256 -mac HMAC -macopt hexkey:...`."""
    told = "sha256=88cd2108b5347d973cf39cdf9053d7dd42704876d8c9a9bd8e2d168259d3ddf7"
    assert is_signed([told], b"test", [b"test"])


def test_any_secret_of_the_feed_counts_while_it_is_changed() -> None:
    for secret in (OLD, NEW):
        assert is_signed([signature(secret)], BODY, [OLD, NEW])
    assert not is_signed([signature(OLD)], BODY, [NEW])
    assert not is_signed([signature(OLD)], BODY, [])
    assert not is_signed([signature(b"\0" * 32)], BODY, [])


def test_letters_may_be_large_and_blanks_stand_around() -> None:
    told = signature(NEW)
    assert is_signed([f" SHA256={told[7:].upper()}\t"], BODY, [NEW])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [""],
        ["sha256="],
        [signature(NEW)[7:]],
        [signature(NEW)[:-1]],
        [signature(NEW) + "0"],
        [signature(NEW, method="sha1")],
        [signature(NEW, method="plain")],
        [signature(NEW), signature(NEW)],
        [signature(NEW) + "\n\n" + signature(NEW)],
        ["sha256=" + "é" * 64],
        [signature(NEW, BODY.strip())],
    ],
)
def test_whatever_is_not_exactly_that_is_no_signature(headers: list[str]) -> None:
    assert not is_signed(headers, BODY, [NEW])


def test_every_byte_of_the_body_counts() -> None:
    told = [signature(NEW)]
    for at in range(len(BODY)):
        other = BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :]
        assert not is_signed(told, other, [NEW])
