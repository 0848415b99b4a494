"""``manage.py run`` as a person types it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]


def started(folder: Path, *words: str) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "FAULTLINE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "lab.settings",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-W", "error", "manage.py", "run", *words],
        cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    with started(folder, *words) as process:
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


def test_a_run_prints_a_table_and_writes_three_files(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "pair", "--for", "8s", "--sweep", "users.rate_per_s=20,40")
    assert status == 0, err
    assert "One caller, one callee" in out
    assert "success %" in out
    assert "100% · 2 of 2 trials" in err
    (folder,) = (tmp_path / "experiments").iterdir()
    assert folder.name.startswith("pair-")
    written = sorted(path.name for path in folder.iterdir())
    assert written == ["report.html", "result.json", "trials.csv"]
    assert all(str(folder / name) in err for name in written)


def test_a_file_can_be_run_and_json_printed(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text((ROOT / "lessons/scenarios/pair.yaml").read_text(encoding="utf-8"))
    words = [str(file), "--for", "0.1m", "--warm-up", "1", "--seeds", "2", "--json"]
    status, out, err = run(tmp_path, *words, "--out", str(tmp_path / "out"))
    assert status == 0, err
    data = json.loads(out)
    assert data["done"] == data["of"] == 2
    assert data["asked"]["for_s"] == 6.0
    assert json.loads((tmp_path / "out" / "result.json").read_bytes()) == data


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["toyshp"], "there is no scenario 'toyshp' (did you mean toyshop?)"),
        (["nowhere.yaml"], "nowhere.yaml cannot be read: No such file or directory"),
        (["pair", "--set", "users.rate=3"], "this scenario has no users.rate (did you mean"),
        (["pair", "--set", "users.rate_per_s=x"], "users.rate_per_s: expected a number, got 'x'"),
        (["pair", "--set", "users"], "'users' names no value (write it like"),
        (["pair", "--sweep", "users.rate_per_s="], "a value is missing"),
        (["pair", "--for", "soon"], "'soon' is no duration (write it like 120s or 2m)"),
        (["pair", "--for", "3s"], "a warm-up of 5 s leaves nothing of 3 s"),
        (["pair", "--seeds", "0"], "0 seeds cannot be had (from 1 to 1000)"),
        (["pair", "--workers", "0"], "no worker would do the work (give 1 or more)"),
        (["pair", "--out", "/proc/nowhere"], "nothing can be written there"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("run", *words)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert err.startswith(f"Faultline cannot run this: {sentence}")
    assert err.count("\n") == 1


def test_the_status_of_bad_input_reaches_the_shell(tmp_path: Path) -> None:
    assert run(tmp_path, "toyshp")[0] == 2
    assert run(tmp_path, "pair", "--seeds", "many")[0] == 2


def test_a_scenario_with_mistakes_is_refused_with_their_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        "name: bad\ntitle: Bad\nservices: {}\nusers: {rate_per_s: 1, entry: x, mix: []}\n"
    )
    with pytest.raises(SystemExit, match="2"):
        call_command("run", str(file))
    assert f"{file}:3:" in capsys.readouterr().err


def test_interrupted_it_prints_what_is_done(tmp_path: Path) -> None:
    words = ["pair", "--for", "20s", "--seeds", "200", "--workers", "1"]
    with started(tmp_path, *words) as process:
        assert process.stderr is not None
        while "· 0 of" in (line := process.stderr.readline()) or "trials" not in line:
            assert line, "it ended before"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "It was stopped after" in out
    assert "of 200 trials" in out
