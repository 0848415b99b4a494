"""Any moment of a record greets as the lab itself would have."""

import msgspec
import pytest

from lab.cluster.runs import moment as moments
from lab.cluster.runs.moment import moment
from lab.cluster.runs.recording import Recording
from tests.cluster.shops import shipped
from tests.virtual.played import Plain, messages, played


def test_a_moment_of_the_record_is_the_greeting_of_that_time() -> None:
    with played(shipped("pair")) as play:
        play.run_until(3.0)
        play.command(command="inject_fault", kind="crash", target="callee-1", duration_s=30.0)
        play.run_until(4.0)
        then = msgspec.json.decode(msgspec.json.encode(play.lab.hello()))
        play.run_until(90.0)  # far enough for closed chunks
        found = msgspec.json.decode(msgspec.json.encode(moment(play.recording, 4.0)))
        assert found["frame"]["t"] == pytest.approx(3.92)
        assert found["state"] == then["state"] | {"t": found["state"]["t"]}
        assert found["history"] == then["history"]
        assert found["events"] == then["events"]
        with pytest.raises(LookupError, match="nothing is kept"):
            moment(play.recording, -1.0)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close a chunk every second or so, and look back a few seconds only."""
    monkeypatch.setattr("lab.cluster.runs.recording.CHUNK_BYTES", 4_096)
    monkeypatch.setattr(moments, "HISTORY_S", 5.0)


@pytest.mark.usefixtures("small_chunks")
def test_it_has_the_events_and_requests_of_long_ago_wherever_chunks_end() -> None:
    greetings: dict[float, Plain] = {}
    with played(shipped("pair")) as play:
        play.command(command="set_users", rate_per_s=2.0)
        for t in (1.0, 2.0, 2.02, 9.0, 20.0, 40.0):
            play.run_until(t)
            greetings[t] = plain(play.lab.hello())
            if t < 9.0:
                play.run_until(t + 0.005)
                play.command(command="inject_fault", kind="errors", target="callee-1")
        play.run_until(50.0)
        for t, then in greetings.items():
            found = plain(moment(play.recording, t))
            for part in ("events", "traces"):
                assert found[part] == then[part]
            assert found["state"] == then["state"] | {"t": found["state"]["t"]}


@pytest.mark.usefixtures("small_chunks")
def test_every_message_of_a_record_is_found_at_its_time() -> None:
    with played(shipped("pair")) as play:
        play.run_until(10.0)
        states = [state for state in messages(play, "state") if state["t"] > 0.1]
        told = [*play.recording]
    for message in told:
        assert message in [*play.recording.between(message.t, message.t)]
    for state in states:
        newest = msgspec.json.decode(play.recording.state_at(state["t"] + 0.001))
        assert newest["version"] >= state["version"]


@pytest.mark.usefixtures("small_chunks")
def test_past_its_limit_a_record_forgets_the_oldest_and_greets_from_there_on() -> None:
    with played(shipped("pair")) as play:
        play.command(command="inject_fault", kind="errors", target="callee-1")
        play.run_until(20.0)
    whole, short = play.recording, Recording(limit_bytes=20_000)
    for message in whole:
        short.add(*message)
    assert (whole.is_whole, short.is_whole) == (True, False)
    assert short.kept_bytes <= 20_000 < whole.kept_bytes
    assert short.digest == whole.digest
    assert short.messages == whole.messages
    assert 5.0 < short.from_t < short.to_t == whole.to_t
    for t in (short.from_t + 0.1, short.from_t + 0.2, short.to_t):  # a frame has come by then
        assert short.state_at(t) == whole.state_at(t)
        assert frame_of(short, t) == frame_of(whole, t)
    for t in (short.from_t - 0.01, 0.0):
        with pytest.raises(LookupError, match="the record begins at"):
            moment(short, t)
    assert [*short.copy()] == [*short]


def frame_of(recording: Recording, t: float) -> object:
    return plain(moment(recording, t))["frame"]


def plain(greeting: Plain) -> Plain:
    """Return a greeting as it is read by who gets it."""
    read: Plain = msgspec.json.decode(msgspec.json.encode(greeting))
    return read
