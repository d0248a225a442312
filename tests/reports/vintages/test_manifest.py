"""A manifest says what it is of, and nothing in one that was handed over is believed unread."""

import json
from typing import Any

import pytest

from reports.shapes import Vintage
from reports.testing import vintage
from reports.vintages import manifest
from reports.vintages.chain import ChainBroken, next_link
from reports.vintages.manifest import Contents, ManifestError
from reports.vintages.testing import MADE_AT

FIRST = vintage(1, "2026-02")
SECOND = vintage(1, after=next_link([FIRST]))
CONTENTS = Contents("bulletin", {"month": "2026-03"}, MADE_AT, [SECOND], [FIRST, SECOND])
WRITTEN = manifest.written(CONTENTS, {"a.md": b"abc"})


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(WRITTEN), **fields}).encode()


def test_what_was_written_is_read_back() -> None:
    read = manifest.read(WRITTEN)
    assert (read.document, read.request) == ("bulletin", {"month": "2026-03"})
    assert read.made_at == "2026-04-09T01:00:00Z"
    assert manifest.vintages(read) == [SECOND]
    assert [id for id, _ in read.chain] == ["2026-02.1", "2026-03.1"]
    sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read.files == {"a.md": manifest.Sealed(3, sha256_of_abc)}


def test_a_chain_that_is_broken_is_not_sealed() -> None:
    with pytest.raises(ChainBroken):
        manifest.written(CONTENTS._replace(made=[FIRST._replace(facts=1), SECOND]), {})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        changed(format="portclock-manifest/2"),
        changed(blessed=True),
        changed(files={"../up": {"bytes": 1, "sha256": "0"}}),
        changed(files={"a": {"bytes": "1", "sha256": "0"}}),
        changed(vintages=[{"id": "2026-03.1"}]),
        changed(vintages=["2026-03.1"]),
        changed(chain=[["2026-02.1", "0"]]),
    ],
)
def test_any_other_document_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestError):
        manifest.read(content)


def test_a_vintage_that_is_not_the_one_of_its_chain_is_refused() -> None:
    forged: Vintage = SECOND._replace(facts=SECOND.facts + 1)
    document = json.loads(WRITTEN)
    document["vintages"][0]["facts"] = forged.facts
    with pytest.raises(ManifestError, match=r"2026-03\.1 is not the one that its chain names"):
        manifest.read(json.dumps(document).encode())
