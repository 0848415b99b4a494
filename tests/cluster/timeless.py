"""Runs a test in virtual time: minutes of cluster time in moments, and the same each time."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from lab.cluster.virtual.loop import run_virtual

Given = ParamSpec("Given")


def timeless(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Make a test of a coroutine; nothing in it may wait for anything real."""

    @functools.wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        run_virtual(test(*args, **kwargs))

    return run
