"""XML read without trust, with the place of every element."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dialects.troubles import Misread, Trouble
from events.dialects.xml_tree import BYTES_MAX, DEPTH_MAX, Node, read
from events.refusals import Reason


def refusal(data: bytes) -> Misread:
    with pytest.raises(Misread) as refused:
        read(data)
    return refused.value


def outlines(data: bytes, node: Node) -> list[bytes]:
    """The bytes of an element and of all below it."""
    return [data[node.start : node.end], *(b for c in node.children for b in outlines(data, c))]


@pytest.mark.parametrize("codec", ["UTF-8", "GBK", "GB2312", "gb18030"])
def test_every_element_knows_its_bytes_in_the_encoding_it_came_in(codec: str) -> None:
    body = "<a x='港>'><b y='p>\"q'/>中文<c>南京<d/></c><e></e></a>"
    text = f'<?xml version="1.0" encoding="{codec}"?>\n{body}'
    data = text.encode(codec)
    parts = ["<b y='p>\"q'/>", "<c>南京<d/></c>", "<d/>", "<e></e>"]
    whole, *below = outlines(data, read(data))
    assert whole.decode(codec) == body
    assert [part.decode(codec) for part in below] == parts


def test_texts_and_attributes_are_found_by_path() -> None:
    root = read(b'<m xmlns="urn:x"><h><i n="7"> one </i><i>two</i></h><h><i/></h></m>')
    assert (root.name, root.namespace) == ("m", "urn:x")
    assert root.said("h/i") == "one"
    assert (root.said("h/i/@n"), root.said("h/i@n"), root.said("h/i@z")) == ("7", "7", None)
    assert (root.said("h/x"), root.first("x/i")) == (None, None)
    assert [node.text for node in root.all("h/i")] == ["one", "two", ""]
    assert [node.text for node in root.all("*/i")] == ["one", "two", ""]
    assert [node.name for node in root.deep("i")] == ["i", "i", "i"]
    assert [node.line for node in root.deep("m")] == [1]


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]><a/>',
        b"<!DOCTYPE a><a/>",
    ],
)
def test_nothing_may_be_declared_or_fetched(data: bytes) -> None:
    assert refusal(data).why is Trouble.UNSAFE_XML


def test_a_thousand_laughs_are_one_refusal() -> None:
    laughs = b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n + 1, n, n) for n in range(40))
    bomb = b'<!DOCTYPE a [<!ENTITY l0 "ha">' + laughs + b"]><a>&l40;</a>"
    assert refusal(bomb).why is Trouble.UNSAFE_XML


def test_depth_number_and_size_are_bounded() -> None:
    assert read(b"<a>" * DEPTH_MAX + b"</a>" * DEPTH_MAX).name == "a"
    assert refusal(b"<a>" * (DEPTH_MAX + 1)).why is Trouble.OUT_OF_BOUNDS
    assert refusal(b"<a>" + b" " * BYTES_MAX).why is Trouble.OUT_OF_BOUNDS


def test_the_number_of_elements_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.dialects.xml_tree.NODES_MAX", 3)
    assert len(read(b"<a><b/><b/></a>").children) == 2
    assert refusal(b"<a><b/><b/><b/></a>").why is Trouble.OUT_OF_BOUNDS


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Reason.EMPTY),
        (b"<a", Trouble.BROKEN_SYNTAX),
        (b"<a>\xff</a>", Trouble.BROKEN_SYNTAX),
        (b"<a>&nbsp;</a>", Trouble.BROKEN_SYNTAX),
        (b"<a/><b/>", Trouble.BROKEN_SYNTAX),
        ("<a/>".encode("utf-16"), Trouble.UNKNOWN_CHARSET),
        ("<a/>".encode("utf-32-be"), Trouble.UNKNOWN_CHARSET),
        (b'<?xml version="1.0" encoding="EBCDIC"?><a/>', Trouble.UNKNOWN_CHARSET),
        (b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>', Trouble.UNKNOWN_CHARSET),
        (b'<?xml version="1.0" encoding="GBK"?><a>\xff', Trouble.UNKNOWN_CHARSET),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, why: Trouble) -> None:
    assert refusal(data).why is why


def test_a_refusal_says_the_line() -> None:
    assert refusal(b"<a>\n<b>\n</a>").path == "line 3, column 2"
    assert refusal(b"\n<a>" * (DEPTH_MAX + 1)).path == f"line {DEPTH_MAX + 2}"


@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: f"<a>{text}</a>".encode()))
def test_no_bytes_end_otherwise_than_in_a_tree_or_a_refusal(data: bytes) -> None:
    try:
        root = read(data)
    except Misread:
        return
    assert data[root.start : root.end].startswith(b"<" + root.name.encode()[:1])
