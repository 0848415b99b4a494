"""`manage.py lab` as a person meets it: a line with the address, answers, and a clean end."""

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.house.sites import environment, running

LAB = ("lab", "--no-browser", "--port", "0")
SMALL_SITE = {"DJANGO_SETTINGS_MODULE": "tests.house.small_site"}


def address(process: subprocess.Popen[str]) -> str:
    """Read the address from what the command says when it is up."""
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"Faultline is running at (http://\S+)", line):
            return found[1]
    raise AssertionError(process.communicate(timeout=10))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_host_and_the_site_with_status_0(
    number: signal.Signals, tmp_path: Path
) -> None:
    with running(*LAB, env=environment(tmp_path, **SMALL_SITE)) as process:
        with urllib.request.urlopen(address(process), timeout=10) as answer:
            assert answer.read() == b"hello"
        process.send_signal(number)
        out, err = process.communicate(timeout=15)

    assert (process.returncode, err) == (0, "")
    assert "host down" in out


def test_a_crashed_host_ends_the_site_with_status_1(tmp_path: Path) -> None:
    env = environment(tmp_path, **SMALL_SITE, SMALL_SITE_HOST="BrokenHost")
    with running(*LAB, env=env) as process:
        _, err = process.communicate(timeout=15)

    assert process.returncode == 1
    assert "the lab host crashed" in err
    assert "no room on this machine" in err


def test_only_its_user_may_read_the_data_folder_and_the_secret(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(*LAB, env=environment(data, **SMALL_SITE)) as process:
        address(process)

    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_second_start_keeps_the_secret(tmp_path: Path) -> None:
    secrets = []
    for _ in range(2):
        with running(*LAB, env=environment(tmp_path, **SMALL_SITE)) as process:
            address(process)
        secrets.append((tmp_path / "secret-key").read_text())

    assert secrets[0] == secrets[1]
    assert len(secrets[0]) >= 50


def test_the_database_writes_ahead_and_is_migrated(tmp_path: Path) -> None:
    import sqlite3

    with running(*LAB, env=environment(tmp_path, **SMALL_SITE)) as process:
        address(process)
    database = sqlite3.connect(tmp_path / "faultline.sqlite3")
    try:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database.execute("SELECT count(*) FROM web_lab").fetchone() == (0,)
    finally:
        database.close()
