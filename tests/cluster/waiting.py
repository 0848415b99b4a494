"""Waits for a condition, with a deadline."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Truth = TypeVar("Truth")


async def until(condition: Callable[[], Truth], what: str, within_s: float = 10.0) -> Truth:
    """Return the first true value of ``condition()``; fail after ``within_s``, naming ``what``."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + within_s
    while not (value := condition()):
        if loop.time() > end_s:
            raise AssertionError(f"not within {within_s:g} s: {what}")
        await asyncio.sleep(0.005)
    return value
