"""Of many frames at once only what is worth seeing is told; nothing else is left out."""

import json
from typing import Any

from lab.cluster.virtual.player_ears import Ears


def told(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    ears = Ears()
    ears.are_open = True
    for message in messages:
        ears.hear(message["type"], json.dumps(message).encode())
    return [json.loads(body) for _, body in ears.take()]


def frame(n: int, row: object = None) -> dict[str, Any]:
    return {"type": "frame", "n": n, "row": row}


def state(version: int) -> dict[str, Any]:
    return {"type": "state", "version": version}


def test_what_comes_one_frame_at_a_time_is_told_as_it_is() -> None:
    messages = [state(1), state(2), {"type": "event", "id": 1}, frame(1)]
    assert told(*messages) == messages


def test_of_several_frames_the_newest_and_those_with_a_row_are_told() -> None:
    row = {"t": 0.5}
    frames = [frame(1), frame(2, row), frame(3), frame(4)]
    assert told(*frames) == [frame(2, row), frame(4)]


def test_a_state_by_which_no_frame_is_read_is_left_out() -> None:
    row = {"t": 0.5}
    messages = [state(1), frame(1), state(2), frame(2, row), state(3), frame(3), state(4)]
    assert told(*messages) == [state(2), frame(2, row), state(3), frame(3), state(4)]


def test_every_event_and_request_is_told() -> None:
    events = [{"type": "event", "id": n} for n in range(3)]
    traces = [{"type": "traces", "traces": [{"id": str(n)}]} for n in range(3)]
    mixed = zip(events, traces, [frame(1), frame(2), frame(3)], strict=True)
    heard = told(*(message for moment in mixed for message in moment))
    assert [message for message in heard if message["type"] == "event"] == events
    (joined,) = [message for message in heard if message["type"] == "traces"]
    assert [trace["id"] for trace in joined["traces"]] == ["0", "1", "2"]


def test_nothing_is_kept_for_nobody() -> None:
    ears = Ears()
    ears.hear("event", b"{}")
    assert ears.take() == []
