"""A virtual run is played again and compared, byte by byte, here and in a process of its own."""

import json
import subprocess
import sys
from typing import Any

import pytest
from msgspec.structs import replace

from lab.cluster import Run, pack
from lab.cluster.runs.proof import prove
from lab.cluster.runs.recording import Recording
from lessons.shelf import shipped as shelf
from tests.cluster.shops import shipped
from tests.virtual.played import played


@pytest.fixture(scope="module")
def run() -> Run:
    text = shelf()["pair"].text
    with played(shipped("pair"), seed=4) as play:
        play.run_until(1.0)
        play.command(command="inject_fault", kind="crash", target="callee-1")
        play.run_until(3.33)
        play.give({"command": "set_users", "rate_per_s": 80.0})
        play.run_until(6.0)
        return play.run(scenario_text=text)


def test_a_run_comes_out_the_same_to_the_byte(run: Run) -> None:
    times: list[float] = []
    verdict = prove(run, times.append)
    assert verdict.is_same
    assert verdict.compared == sum(m.kind in ("event", "frame") for m in run.recording)
    assert times == sorted(times)
    assert times[-1] == pytest.approx(6.0)


def test_where_it_first_differs_is_shown(run: Run) -> None:
    changed = Recording()
    for t, kind, body in run.recording:
        is_told = kind == "event" and t >= 1.0
        told = body.replace(b"callee-1", b"callee-2") if is_told else body
        changed.add(t, kind, told)
    verdict = prove(Run(run.head, changed))
    assert not verdict.is_same
    assert verdict.difference is not None
    assert verdict.difference.t == pytest.approx(1.0, abs=0.1)
    assert "callee-2" in verdict.difference.recorded
    assert "callee-1" in verdict.difference.played


def test_without_its_commands_it_is_another_run(run: Run) -> None:
    verdict = prove(Run(replace(run.head, commands=[]), run.recording))
    assert verdict.difference is not None
    assert verdict.difference.t == pytest.approx(1.0, abs=0.2)


def test_a_record_that_is_longer_than_the_run_differs_at_its_end(run: Run) -> None:
    verdict = prove(Run(replace(run.head, to_t=4.0), run.recording))
    assert verdict.difference is not None
    assert verdict.difference.t == pytest.approx(4.0, abs=0.1)
    assert verdict.difference.played == ""


def test_a_process_of_its_own_says_how_far_it_is_and_then_the_verdict(run: Run) -> None:
    *progress, last = proof_of(pack(run))
    assert [line["t"] for line in progress] == sorted(line["t"] for line in progress)
    assert last["verdict"]["is_same"]


def test_what_cannot_be_played_is_said_in_a_sentence(run: Run) -> None:
    broken = Run(replace(run.head, scenario_text="services: 3"), run.recording)
    assert "its scenario is not understood" in proof_of(pack(broken))[-1]["verdict"]["failed"]
    assert "ends too early" in proof_of(b"")[-1]["verdict"]["failed"]


def proof_of(file: bytes) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "lab.cluster.runs.proof"]
    done = subprocess.run(command, input=file, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
