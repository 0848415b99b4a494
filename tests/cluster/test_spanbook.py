"""Span ids, and the traceparent that carries them over every hop."""

import re

import pytest

from lab.cluster.calls.spanbook import SpanBook, parse_traceparent, traceparent
from lab.telemetry.trace import written

TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")


def test_ids_have_the_lengths_of_the_standard_and_none_comes_twice() -> None:
    books = [SpanBook(number) for number in (1, 2, 0xFFFFFFFF)]
    ids = [written(book.span_id()) for book in books for _ in range(1000)]
    traces = [book.trace_id() for book in books for _ in range(1000)]
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in traces)
    assert len({*ids}) == len({*traces}) == 3000


def test_a_traceparent_is_read_as_it_was_written() -> None:
    book = SpanBook(4711)
    trace_id, span_id = book.trace_id(), book.span_id()
    header = traceparent(trace_id, span_id)
    assert TRACEPARENT.fullmatch(header)
    assert parse_traceparent(header) == (trace_id, written(span_id))


def test_the_standards_example_is_read() -> None:
    header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert parse_traceparent(header) == ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


@pytest.mark.parametrize(
    "header",
    ["", "00", "x" * 55, "x" * 54, "00-" + "a" * 32 + "+" + "b" * 16 + "-01", "00" * 28],
)
def test_anything_else_belongs_to_no_trace(header: str) -> None:
    assert parse_traceparent(header) == ("", "")
