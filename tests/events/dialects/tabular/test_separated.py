"""CSV: encodings, delimiters, and rows that cost themselves and no other."""

import pytest

from events.dialects.tabular.mapping import Table
from events.dialects.tabular.separated import LINES_OF_ONE_ROW, ROW_BYTES_MAX, delimiter_of, rows
from events.dialects.troubles import Misread, Trouble


def cells(data: bytes, table: Table | None = None) -> list[list[str]]:
    return [line.cells for line in rows(data, table or Table())]


@pytest.mark.parametrize("sign", list(",;\t|"))
def test_the_delimiter_is_found_out(sign: str) -> None:
    lines = [["箱号", "a,b;c|d\te", "x"], ["1", "2", "3"]]
    text = "\n".join(sign.join(f'"{cell}"' for cell in line) for line in lines)
    assert delimiter_of(text, Table()) == sign
    assert cells(text.encode()) == lines


def test_the_mapping_knows_better() -> None:
    assert cells(b"a;b,c", Table(delimiter=",")) == [["a;b", "c"]]
    assert cells(b"title\na,b\n\n , \n1,2", Table(skip=1)) == [["a", "b"], ["1", "2"]]
    assert cells("é;b".encode("cp1252"), Table(encoding="cp1252")) == [["é", "b"]]


def test_rows_know_their_bytes_and_the_number_of_their_first_line() -> None:
    data = '\ufeff箱号,b\r\n"1\n2","x ""y"""\r\n3,4'.encode()
    found = list(rows(data, Table()))
    assert [line.cells for line in found] == [["箱号", "b"], ["1\n2", 'x "y"'], ["3", "4"]]
    assert [line.number for line in found] == [1, 2, 4]
    assert data[found[1].start : found[1].end] == b'"1\n2","x ""y"""\r\n'
    assert data[found[2].start : found[2].end] == b"3,4"


def test_an_open_quote_or_a_stray_one_costs_its_own_row() -> None:
    data = b'a,b\n"1,2\n3,4\n"5"6,7\n8,9\n'
    found = list(rows(data, Table()))
    assert [bool(line.wrong) for line in found] == [False, True, False, True, False]


def test_a_quoted_cell_reaches_over_so_many_lines_and_no_more() -> None:
    inside = b"\n" * (LINES_OF_ONE_ROW - 1)
    assert len(cells(b'a,b\n"' + inside + b'",x')) == 2
    broken = list(rows(b'a,b\n"' + inside + b'\n",x\n1,2', Table()))
    assert [bool(line.wrong) for line in broken] == [False, True, True, False]


def test_a_row_is_bounded() -> None:
    (line,) = rows(b"a" * (ROW_BYTES_MAX + 1), Table())
    assert str(ROW_BYTES_MAX) in line.wrong


def test_a_torn_last_line_costs_itself() -> None:
    data = "箱号,动作\n1,进场\n2,进".encode()[:-1]
    found = list(rows(data, Table()))
    assert [line.cells for line in found[:2]] == [["箱号", "动作"], ["1", "进场"]]
    assert [bool(line.wrong) for line in found] == [False, False, True]


def test_a_byte_order_mark_says_that_it_is_utf_8() -> None:
    with pytest.raises(Misread):
        list(rows(b"\xef\xbb\xbf" + "箱号\n箱号".encode("gb18030"), Table()))
    assert cells("箱号\n箱号".encode("gb18030")) == [["箱号"], ["箱号"]]


@pytest.mark.parametrize("data", ["a".encode("utf-16"), b"\xff\x30"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Misread) as refused:
        list(rows(data, Table()))
    assert refused.value.why is Trouble.UNKNOWN_CHARSET


def test_a_table_has_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.dialects.tabular.separated.BYTES_MAX", 3)
    assert cells(b"a,b") == [["a", "b"]]
    with pytest.raises(Misread) as refused:
        cells(b"a,bc")
    assert refused.value.why is Trouble.OUT_OF_BOUNDS
