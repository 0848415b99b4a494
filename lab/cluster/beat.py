"""The beat of ticks and frames: moments that are multiples of a period on the machine's clock."""

import math

_SLACK = 1e-6
"""A moment this near to a beat, in periods, is on it: the next one is the one after."""


def until_beat_s(now_s: float, every_s: float, after_s: float = 0.0) -> float:
    """Return the seconds until the next beat, which comes ``after_s`` behind each multiple."""
    beats = math.floor((now_s - after_s) / every_s + _SLACK) + 1
    return beats * every_s + after_s - now_s
