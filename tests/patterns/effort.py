"""What a decision costs, counted and not timed: steps of the interpreter, and things kept."""

import gc
import sys
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

Trace = Callable[[FrameType, str, Any], Any]


def steps(act: Callable[[], object]) -> int:
    """Return how many instructions of the interpreter ``act`` takes, in all that it calls."""
    count = 0

    def look(frame: FrameType, event: str, _: Any) -> Trace:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


def kept(thing: object) -> int:
    """Return how many references lead from ``thing`` to what it holds, however deep."""
    seen: set[int] = set()
    references, left = 0, [thing]
    while left:
        for held in gc.get_referents(left.pop()):
            if isinstance(held, type | ModuleType | FunctionType | CodeType):
                continue
            references += 1
            if id(held) not in seen:
                seen.add(id(held))
                left.append(held)
    return references
