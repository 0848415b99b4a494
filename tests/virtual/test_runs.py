"""A virtual run in its file, page by page, and with the steps of its requests."""

import gzip
from typing import Any

import msgspec
import pytest

from lab.cluster import Play, Run, RunError, chart_rows, events_of, retitled
from lab.cluster.runs import run as runs
from lab.cluster.runs.kept_trace import kept_trace
from lab.cluster.runs.moment import moment
from lab.cluster.runs.paging import PAGE_BYTES, page
from lab.cluster.runs.recording import Recording
from lab.cluster.runs.run import pack, unpack
from tests.cluster.shops import shipped
from tests.virtual.played import messages, played

SHOP = "toyshop"


@pytest.fixture(scope="module")
def play() -> Any:
    with played(shipped(SHOP)) as play:
        play.run_until(2.0)
        play.command(command="inject_fault", kind="crash", target="catalog-1")
        play.run_until(12.0)
        yield play


def run_of(play: Play) -> Run:
    return play.run(scenario_text="name: shop", title="A crash")


def lines_of(file: bytes) -> list[bytes]:
    return gzip.decompress(file).splitlines()


def test_a_run_comes_out_of_its_file_as_it_went_in(play: Play) -> None:
    run = run_of(play)
    back = unpack(pack(run))
    assert back.head == run.head
    assert back.head.commands[0].fields["target"] == "catalog-1"
    assert list(back.recording) == list(run.recording)
    assert back.recording.digest == play.recording.digest


def test_every_kept_request_has_its_steps_in_the_record(play: Play) -> None:
    told = [head for told in messages(play, "traces") for head in told["traces"]]
    old = [head for head in told if head["t"] < play.t - 1.5]
    assert len(old) > 100
    for head in old[::20]:
        trace = kept_trace(play.recording, head["id"])
        assert {key: trace[key] for key in ("route", "outcome", "rule", "duration_ms")} == {
            key: head[key] for key in ("route", "outcome", "rule", "duration_ms")
        }
        (whole,) = [span for span in trace["spans"] if span["kind"] == "user"]
        assert whole["end_ms"] == pytest.approx(head["duration_ms"], abs=0.01)
        known = {span["id"] for span in trace["spans"]}
        assert all(span["parent"] in known for span in trace["spans"] if span is not whole)


def test_the_steps_in_the_record_are_those_that_the_lab_tells(play: Play) -> None:
    trace_id = messages(play, "spans")[-1]["traces"][-1]["id"]
    kept = kept_trace(play.recording, trace_id, from_t=play.t - 5.0)
    told = play.command(command="trace", trace=trace_id)
    assert [{**span, "id": 0, "parent": 0} for span in kept["spans"]] == [
        {**span, "id": 0, "parent": 0} for span in told["spans"]
    ]


def test_of_a_request_that_has_just_ended_only_its_end_is_known(play: Play) -> None:
    last = messages(play, "traces")[-1]["traces"][-1]
    kept = kept_trace(play.recording, last["id"], from_t=play.t - 1.0)
    assert kept["duration_ms"] == last["duration_ms"]
    assert kept["spans"] == []


def test_a_request_that_is_not_kept_is_looked_up_in_vain(play: Play) -> None:
    with pytest.raises(LookupError, match="no request 'nobody'"):
        kept_trace(play.recording, "nobody")


def test_pages_follow_each_other_without_a_gap_or_a_repetition(play: Play) -> None:
    found: list[Any] = []
    pages = 0
    next_t: float | None = 3.0
    while next_t is not None:
        told = msgspec.json.decode(msgspec.json.encode(page(play.recording, next_t, 11.0)))
        found += told["messages"]
        pages, next_t = pages + 1, told["next_t"]
    wanted = [m for m in play.recording.between(3.0, 11.0) if m.kind != "spans"]
    assert pages > 1
    assert [(t, kind) for t, kind, _ in found] == [(m.t, m.kind) for m in wanted]
    assert sum(len(m.body) for m in wanted) > PAGE_BYTES


def test_of_a_record_that_is_too_long_the_end_is_kept(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MAX_FILE_BYTES", 60_000)
    monkeypatch.setattr("lab.cluster.runs.recording.CHUNK_BYTES", 65_536)
    whole = Recording()
    for message in play.recording:
        whole.add(*message)
    file = pack(Run(run_of(play).head, whole))
    assert 20_000 < len(file) <= 60_000
    cut = unpack(file)
    assert not cut.head.is_whole
    assert 0.0 < cut.head.from_t < cut.head.to_t
    assert cut.head.digest == play.recording.digest
    first, then = moment(cut.recording, cut.head.from_t), moment(whole, cut.head.from_t)
    assert bytes(first["state"]) == bytes(then["state"])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda _: b"", "ends too early"),
        (lambda file: b"PK\x03\x04" + file, "this is no gzip file"),
        (lambda file: file[: len(file) // 2], "the file ends too early"),
        (lambda _: gzip.compress(b"hello\n"), "the first line is not the head of a run"),
        (lambda _: gzip.compress(b'{"format": "x", "version": 1}'), "the format is 'x'"),
        (lambda file: edited(file, 0, b'"version":1', b'"version":7'), "the run has version 7"),
        (lambda file: edited(file, 0, b'"body":"virtual"', b'"body":"dead"'), "the head is not"),
        (lambda file: edited(file, 0, b'"seed":', b'"seed":-'), "the head is not right"),
        (lambda file: edited(file, 0, b"toyshop", b"\xff"), "first line is not the head"),
        (lambda file: edited(file, 0, b"null", b"[" * 99_999), "the first line is not the head"),
        (lambda file: edited(file, 5, b"{", b"[" * 99_999), "line 6 is damaged: "),
        (lambda file: edited(file, 5, b'"t"', b'"\xff"'), "line 6 is"),
        (lambda file: edited(file, 5, b"[", b"["[:0]), "line 6 is damaged"),
        (lambda file: edited(file, 5, b"[", b"[-"), "line 6 is damaged: its time is"),
        (lambda file: edited(file, 5, b',"event",', b',"frame",'), "of another kind than"),
        (lambda file: edited(file, 1, b'"links":', b'"wires":'), "missing required field `links`"),
        (lambda file: without(file, 40), "do not have the digest"),
    ],
)
def test_a_file_that_is_no_run_is_refused_with_the_reason(
    play: Play, damage: Any, words: str
) -> None:
    with pytest.raises(RunError, match=words) as refusal:
        unpack(damage(pack(run_of(play))))
    assert refusal.value.hint


def test_what_could_not_be_read_back_is_not_written(play: Play) -> None:
    with pytest.raises(RunError, match=r"the head is not right: .*title"):
        pack(play.run(scenario_text="name: shop", title="a" * 201))


def test_a_bomb_is_refused_before_it_has_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MAX_LINE_BYTES", 1 << 20)
    with pytest.raises(RunError, match="a line is too long"):
        unpack(gzip.compress(b"[" * (64 << 20)))
    monkeypatch.setattr(runs, "MAX_FILE_BYTES", 100)
    with pytest.raises(RunError, match="the file has 101 bytes"):
        unpack(b"x" * 101)


def edited(file: bytes, line: int, before: bytes, after: bytes) -> bytes:
    lines = lines_of(file)
    assert before in lines[line]
    lines[line] = lines[line].replace(before, after, 1)
    return gzip.compress(b"\n".join(lines))


def without(file: bytes, line: int) -> bytes:
    lines = lines_of(file)
    place = next(at for at in range(line, len(lines)) if b'"frame"' in lines[at][:40])
    return gzip.compress(b"\n".join(lines[:place] + lines[place + 1 :]))


def test_a_run_gets_another_title_and_is_the_same_otherwise(play: Play) -> None:
    file = pack(run_of(play))
    other = unpack(retitled(file, "Another title"))
    assert other.head == msgspec.structs.replace(unpack(file).head, title="Another title")
    assert other.recording.digest == play.recording.digest


def test_the_tables_hold_every_row_and_every_event(play: Play) -> None:
    rows = chart_rows(play.recording)
    assert rows == [frame["row"] for frame in messages(play, "frame") if frame["row"]]
    told = msgspec.json.decode(msgspec.json.encode(events_of(play.recording)))
    assert told == messages(play, "event")
