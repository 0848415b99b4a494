"""The site dies without a word: nothing of its labs may live on, and the next start is clean."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.bench.site import Site, site, until

GONE_WITHIN_S = 2.0
MANAGE = (sys.executable, "manage.py", "lab", "--port", "0", "--no-browser")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="reads /proc, and only Linux reaps frozen workers by signal"
)


def test_no_worker_or_player_outlives_a_killed_site_and_the_next_start_is_clean() -> None:
    with site(MANAGE) as running:
        lab = running.ask("POST", "/labs", {"scenario": "toyshop"})["id"]
        until(lambda: running.served(lab))
        hang = {"kind": "hang", "target": "payments"}
        running.ask("POST", f"/labs/{lab}/faults", hang)
        played = running.ask("POST", "/labs", {"scenario": "pair", "body": "virtual"})["id"]
        running.ask("POST", f"/labs/{played}/twin", {})
        running.ask("PUT", f"/labs/{played}/pace", {"speed": None, "paused": False})
        workers = [pid for pid in running.pids() if pid != running.process.pid]
        assert len(workers) >= 12
        assert any(name(pid).startswith("player") for pid in workers)
        assert "T" in {state(pid) for pid in workers}

        os.kill(running.process.pid, signal.SIGKILL)
        killed_s = time.monotonic()
        until(lambda: not any(alive(pid) for pid in workers), GONE_WITHIN_S)

    assert time.monotonic() - killed_s < GONE_WITHIN_S + 1.0
    with site(MANAGE) as again:
        lab = again.ask("POST", "/labs", {"scenario": "pair"})["id"]
        until(lambda: again.served(lab))


def test_a_site_that_is_asked_to_stop_leaves_nothing_behind() -> None:
    with site(MANAGE) as running:
        lab = running.ask("POST", "/labs", {"scenario": "pair"})["id"]
        until(lambda: running.served(lab))
        everybody = running.pids()
        running.process.send_signal(signal.SIGINT)
        assert ended(running) == 0
        until(lambda: not any(alive(pid) for pid in everybody[1:]), GONE_WITHIN_S)


def ended(running: Site) -> int:
    return running.process.wait(timeout=20)


def state(pid: int) -> str:
    """The letter that the kernel gives to a process: R, S, T (stopped), Z …, empty when gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def name(pid: int) -> str:
    """What a process calls itself."""
    return Path(f"/proc/{pid}/comm").read_text()


def alive(pid: int) -> bool:
    return state(pid) not in ("", "Z", "X")
