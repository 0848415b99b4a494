"""Of the 42 mistakes that libraries in use make, each is named by a test of ours, or cannot happen.

The list is the design's ``pitfalls.md``; a test names its number in the docstring: "Pitfall 33: …".
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.patterns.breaker import Rejection
from lab.patterns.bulkhead import Bulkhead, BulkheadSettings
from lab.patterns.throttle import Throttle, ThrottleSettings
from tests.patterns.one_breaker import opened, rejected

TESTS = Path(__file__).parents[1]
ALL = set(range(1, 43))
CANNOT_HAPPEN = {
    42: "it is about SWIM: nobody here hears of a suspicion from others, each caller judges alone",
}
NAMED = re.compile(r"[Pp]itfalls? (\d+(?:(?:, | and )\d+)*)")


def named() -> Iterator[tuple[str, int]]:
    """Every test that names a pitfall in its docstring, with the number."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for numbers in NAMED.findall(ast.get_docstring(node) or ""):
                for number in re.findall(r"\d+", numbers):
                    yield node.name, int(number)


def test_every_pitfall_is_named_by_a_test_or_cannot_happen() -> None:
    tests = defaultdict(set)
    for test, number in named():
        assert test.startswith("test_"), f"{test} names pitfall {number} and is no test"
        tests[number].add(test)
    assert ALL - set(tests) == set(CANNOT_HAPPEN)
    assert set(tests) <= ALL


def test_rejections_are_values_and_nobody_elses() -> None:
    """Pitfall 12: purgatory raises its state object, whose traceback grows with each call."""
    of = opened()
    one, other = rejected(of, 1.0), rejected(of, 1.0)
    assert one is not other
    assert one == other
    assert not issubclass(Rejection, Exception)
    with pytest.raises(AttributeError):
        one.reason = "somebody else's"  # type: ignore[misc]
    assert isinstance(of.acquire(1.0), Rejection)


def test_what_was_told_once_is_the_readers_own() -> None:
    """Pitfall 12: a shared state changes under whoever looks at it, and by whoever does."""
    of = opened()
    before = of.snapshot(1.0)
    counts = before["counts"]
    assert isinstance(counts, dict)
    counts["failed"] = 99
    rejected(of, 1.0)
    assert of.snapshot(1.0)["counts"] != counts
    assert counts["not_permitted"] == 0


def test_a_throttle_counts_the_requests_that_it_refuses_itself() -> None:
    """Pitfall 36: not counted, it would never let go: p would stay as it was for ever."""
    one = Throttle(ThrottleSettings(window_s=10.0))
    for _ in range(50):
        one.refuses(0.0, lambda: 0.0)
    assert one.snapshot(0.0)["requests"] == 50


def test_a_permit_is_not_given_back_twice() -> None:
    """Pitfall 33's other side: one that comes back twice lets more in than there are permits."""
    one = Bulkhead(BulkheadSettings(permits=1))
    one.enter("a")
    one.leave()
    with pytest.raises(RuntimeError, match="more often"):
        one.leave()
