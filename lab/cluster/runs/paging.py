"""A stretch of a record in pages, as a page that replays it fetches them."""

from typing import Any

import msgspec

from lab.cluster.runs.recording import Recording

PAGE_BYTES = 500_000
NOT_SENT = ("spans",)
"""Asked for one request at a time (see kept_trace)."""

Plain = dict[str, Any]


def page(recording: Recording, from_t: float, to_t: float) -> Plain:
    """Return ``{"messages": [[t, kind, message], ...], "next_t"}`` of ``from_t <= t <= to_t``.

    A page ends between two moments when it is full; ``next_t`` is where the next one begins, or
    null. Messages of one moment are never torn apart.
    """
    messages: list[tuple[float, str, msgspec.Raw]] = []
    full_bytes, last_t = 0, from_t
    for t, kind, body in recording.between(from_t, to_t):
        if kind in NOT_SENT:
            continue
        if full_bytes >= PAGE_BYTES and t > last_t:
            return {"messages": messages, "next_t": t}
        messages.append((t, kind, msgspec.Raw(body)))
        full_bytes += len(body)
        last_t = t
    return {"messages": messages, "next_t": None}
