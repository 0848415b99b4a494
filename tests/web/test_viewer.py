import pytest

from lab.web.viewer import MOST_UNSEEN, Message, Viewer


class Wire:
    """Collects what a viewer is sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.codes: list[int] = []

    async def send(self, text: str) -> None:
        self.texts.append(text)

    async def close(self, code: int) -> None:
        self.codes.append(code)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def viewer(wire: Wire) -> Viewer:
    viewer = Viewer(wire.send, wire.close)
    await viewer.greet("hello", 0)
    wire.texts.clear()
    return viewer


def frame(number: int) -> Message:
    return Message(seq=number, text=f"f{number}", frame=number, has_row=number % 5 == 0)


async def test_hello_comes_first_and_what_it_contains_is_not_repeated(wire: Wire) -> None:
    viewer = Viewer(wire.send, wire.close)
    for seq in (1, 2, 3):
        await viewer.deliver(Message(seq, f"event {seq}"))
    await viewer.greet("hello", seq=2)
    await viewer.deliver(Message(4, "event 4"))
    assert wire.texts == ["hello", "event 3", "event 4"]


async def test_frames_before_the_hello_are_dropped(wire: Wire) -> None:
    viewer = Viewer(wire.send, wire.close)
    await viewer.deliver(frame(9))
    await viewer.greet("hello", seq=0)
    assert wire.texts == ["hello"]


async def test_frames_are_skipped_when_too_many_are_not_yet_seen(
    viewer: Viewer, wire: Wire
) -> None:
    for number in range(1, 100):
        await viewer.deliver(frame(number))
    assert len(wire.texts) == MOST_UNSEEN
    assert viewer.skipped == 99 - MOST_UNSEEN


async def test_seeing_a_frame_makes_room_for_as_many(viewer: Viewer, wire: Wire) -> None:
    for number in range(1, 31):
        await viewer.deliver(frame(number))
    viewer.seen(5)
    for number in range(31, 61):
        await viewer.deliver(frame(number))
    assert wire.texts[MOST_UNSEEN:] == [f"f{number}" for number in range(31, 36)]


async def test_seeing_frames_that_were_never_sent_changes_nothing(
    viewer: Viewer, wire: Wire
) -> None:
    viewer.seen(10**12)
    viewer.seen(-1)
    for number in range(1, 40):
        await viewer.deliver(frame(number))
    assert len(wire.texts) == MOST_UNSEEN


async def test_events_come_even_when_frames_are_skipped(viewer: Viewer, wire: Wire) -> None:
    for number in range(1, 50):
        await viewer.deliver(frame(number))
    await viewer.deliver(Message(50, "event"))
    assert wire.texts[-1] == "event"


@pytest.mark.parametrize(
    ("frames_per_s", "sent"),
    [
        (10, list(range(1, 21))),
        (5, [2, 4, 5, 6, 8, 10, 12, 14, 15, 16, 18, 20]),
        (2, [5, 10, 15, 20]),
        (1, [10, 20]),
        (0, []),
    ],
)
async def test_a_slower_rate_keeps_the_frames_that_carry_a_row(
    viewer: Viewer, wire: Wire, frames_per_s: int, sent: list[int]
) -> None:
    viewer.watch(frames_per_s)
    for number in range(1, 21):
        await viewer.deliver(frame(number))
        viewer.seen(number)
    assert wire.texts == [f"f{number}" for number in sent]


async def test_a_pause_holds_everything_back_until_the_next_hello(
    viewer: Viewer, wire: Wire
) -> None:
    for number in range(1, 40):
        await viewer.deliver(frame(number))
    wire.texts.clear()
    viewer.pause()
    await viewer.deliver(frame(1))
    await viewer.deliver(Message(1, "event 1"))
    await viewer.tell("notice")
    await viewer.greet("hello again", seq=0)
    await viewer.deliver(frame(2))
    assert wire.texts == ["notice", "hello again", "event 1", "f2"]
