"""YAML 1.2 into plain data, with the place of every key and value.

The text comes from people we do not know, so nothing in it can be large, deep or repeated without
end, and no tag makes an object. We read the parser's events ourselves: the safe loaders drop the
positions, and recurse as deep as the text says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from lab.cluster.scenarios.positions import Document, Path, Place, Problem, shown

MAX_BYTES = 64 * 1024
MAX_DEPTH = 24
MAX_VALUES = 5_000

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = MappingProxyType(
    {
        **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
    }
)
_SYNTAX_HINTS = MappingProxyType(
    {
        "'\\t'": "indent with spaces, not with tabs",
        "mapping values are not allowed": "check the indentation, or quote a text that has ': '",
        "cannot start any token": "put the text into quotes",
        "unexpected end of stream": "a quote is not closed",
        "<stream end>": "a bracket is not closed",
        "<block end>": "check the indentation",
        "could not find expected ':'": "a key needs a colon and a space after it",
    }
)


def read_yaml(text: str) -> Document:
    """Read one document. What is wrong is in its ``problems``; this raises nothing."""
    document = Document()
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        problem = Problem("too_large", f"the file has {size} bytes", Place(1, 1, 1),
                          f"at most {MAX_BYTES} bytes")  # fmt: skip
        document.problems.append(problem)
        return document
    try:
        events = YAML(typ="safe", pure=True).parse(text)
        _Reader(events, document).read()
        document.complete = True
    except _Unreadable as error:
        document.problems.append(error.problem)
    except (YAMLError, ValueError, OverflowError) as error:
        document.problems.append(_syntax(error, text))
    return document


class _Unreadable(Exception):
    def __init__(self, code: str, message: str, place: Place, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, message, place, hint)


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    count: int
    height: int


class _Reader:
    """Builds the data from the parser's events, and counts what aliases would repeat."""

    def __init__(self, events: Iterator[Event], document: Document) -> None:
        self._events = events
        self._document = document
        self._anchors: dict[str, _Anchored] = {}
        self._count = 0
        self._height = 0

    def read(self) -> None:
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            raise _Unreadable("empty", "the file is empty", Place(1, 1, 1))
        self._document.data = self._node(next(self._events), (), 0)
        next(self._events)  # the document's end
        event = next(self._events)
        if not isinstance(event, StreamEndEvent):
            raise _Unreadable("yaml_syntax", "a second document begins", _place(event),
                              "one file has one document")  # fmt: skip

    def _node(self, event: Event, path: Path, depth: int) -> Any:
        """Build the value that begins with ``event``; ``_height`` is then its levels inside."""
        place = _place(event)
        self._document.values[path] = place
        if isinstance(event, AliasEvent):
            return self._alias(event, place, depth)
        before = self._count
        self._spend(1, depth, place)
        assert isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent)
        if event.tag is not None:
            self._problem("tag", f"{shown(event.tag)} means nothing here", place, "remove the tag")
        if isinstance(event, ScalarEvent):
            self._height = 0
            value: Any = _scalar(event)
            if isinstance(value, str) and _SURROGATE.search(value):
                self._problem("yaml_syntax", "half a surrogate pair is no character", place,
                              "write the character itself")  # fmt: skip
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(path, depth)
        else:
            value = self._mapping(path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, self._count - before, self._height)
        return value

    def _alias(self, event: AliasEvent, place: Place, depth: int) -> Any:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise _Unreadable(
                "yaml_syntax", f"nothing before it is anchored as {shown(event.anchor)}", place
            )
        self._spend(anchored.count, depth + anchored.height, place)
        self._height = anchored.height
        return anchored.value

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        values: list[Any] = []
        height = 0
        while not isinstance(event := next(self._events), SequenceEndEvent):
            values.append(self._node(event, (*path, len(values)), depth + 1))
            height = max(height, self._height)
        self._close(path, event, (*path, len(values) - 1), height)
        return values

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        height, inner = 0, path
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise _Unreadable("bad_key", "a key must be a plain text", _place(event))
            key, place = str(event.value), _place(event)
            inner = (*path, key)
            if first := key in values:
                line = self._document.keys[inner].line
                self._problem("duplicate_key", f"{shown(key)} is already in line {line}", place,
                              "remove one of them")  # fmt: skip
                inner = (*path, f"{key} again in line {place.line}")
            self._document.keys[inner] = place
            value = self._node(next(self._events), inner, depth + 1)
            if not first:
                values[key] = value
            height = max(height, self._height)
        self._close(path, event, inner, height)
        return values

    def _close(self, path: Path, event: Event, last: Path, height: int) -> None:
        """Note where a collection ends: its bracket's line, or that of the last thing in it."""
        values, here = self._document.values, self._document.values[path]
        ending = event.end_mark.line + 1 if event.end_mark.index > event.start_mark.index else 0
        inner = values[last].end_line if last in values else here.end_line
        values[path] = Place(here.line, here.column, max(ending, inner, here.line))
        self._height = height + 1

    def _spend(self, count: int, depth: int, place: Place) -> None:
        self._count += count
        if self._count > MAX_VALUES:
            raise _Unreadable("too_large", "the file has too many values", place,
                              f"at most {MAX_VALUES}, counting what aliases repeat")  # fmt: skip
        if depth > MAX_DEPTH:
            raise _Unreadable("too_deep", "values are nested too deeply", place,
                              f"at most {MAX_DEPTH} levels")  # fmt: skip

    def _problem(self, code: str, message: str, place: Place, hint: str) -> None:
        self._document.problems.append(Problem(code, message, place, hint))


def _scalar(event: ScalarEvent) -> Any:
    """Resolve a scalar by YAML 1.2's core schema (no octal or hexadecimal numbers, no infinity)."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _place(event: Event) -> Place:
    start, end = event.start_mark, event.end_mark
    end_line = end.line if end.column == 0 and end.line > start.line else end.line + 1
    return Place(start.line + 1, start.column + 1, end_line)


def _syntax(error: Exception, text: str) -> Problem:
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the character U+{ord(text[error.position]):04X} is not allowed"
        return Problem("yaml_syntax", message, Place(line, column, line))
    if not isinstance(error, MarkedYAMLError):
        return Problem("yaml_syntax", str(error), Place(1, 1, 1))
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.problem, error.context) if part)
    place = Place(mark.line + 1, mark.column + 1, mark.line + 1) if mark else Place(1, 1, 1)
    hint = next((hint for sign, hint in _SYNTAX_HINTS.items() if sign in said), "")
    return Problem("yaml_syntax", said or "this is not YAML", place, hint)
