"""How fast virtual time is, what a virtual lab costs at real-time speed, and how both grow.

``python -m tests.bench.virtual`` prints the figures and takes about two minutes. Time is the
processor's (user and system) of the process that plays, so that other work disturbs it little.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from lab.cluster import Play
from lab.cluster.virtual.memory import collect_seldom
from tests.bench import growth
from tests.bench.site import Site, pss_mb, site, until
from tests.cluster.shops import shipped

RATE_PER_S = 100.0
FROM_T, SECONDS = 3.0, 30.0
RUNS = 3
WATCHED_S = 10.0
SETTLE_S = 3.0

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def measure() -> dict[str, float]:
    """Return all figures.

    ``speed``: virtual seconds in a second of processor, of toyshop at 100 users' requests a second
    with everything recorded; the median of three processes. ``cpu_ratio``: of the player of a
    virtual toyshop as authored, on a real site, at real-time speed. ``memory_mb``: what such a lab
    adds to the proportional set size of the whole site when another one is there already, and
    ``player_mb`` that of its player. The others: see ``tests.bench.growth``.
    """
    speed = median(_in_a_process_of_its_own() for _ in range(RUNS))
    return {"speed": speed, **_paced(), **growth.measure()}


def speed() -> float:
    """Return virtual seconds per second of processor in this process, set up as a player's is."""
    collect_seldom()
    play = Play(shipped("toyshop"))
    play.begin()
    play.command(command="set_users", rate_per_s=RATE_PER_S)
    play.run_until(FROM_T)
    began_s = time.process_time()
    play.run_until(FROM_T + SECONDS)
    took_s = time.process_time() - began_s
    play.close()
    return SECONDS / took_s


def _in_a_process_of_its_own() -> float:
    command = [sys.executable, "-m", "tests.bench.virtual", "speed"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _paced() -> dict[str, float]:
    with site([sys.executable, "manage.py", "lab", "--port", "0", "--no-browser"]) as running:
        other = _virtual_lab(running)
        running.ask("PUT", f"/labs/{other}/pace", {"speed": 1.0, "paused": True})
        others, without_mb = _players(running), _all_mb(running)
        _virtual_lab(running)
        (player,) = [pid for pid in _players(running) if pid not in others]
        began_s, cpu_s = time.monotonic(), _cpu_s(player)
        time.sleep(WATCHED_S)
        cpu_s, took_s = _cpu_s(player) - cpu_s, time.monotonic() - began_s
        return {
            "cpu_ratio": cpu_s / took_s,
            "memory_mb": _all_mb(running) - without_mb,
            "player_mb": pss_mb(player),
        }


def _virtual_lab(running: Site) -> str:
    lab: str = running.ask("POST", "/labs", {"scenario": "toyshop", "body": "virtual"})["id"]
    until(lambda: running.served(lab))
    time.sleep(SETTLE_S)
    return lab


def _all_mb(running: Site) -> float:
    return sum(pss_mb(pid) for pid in running.pids())


def _players(running: Site) -> list[int]:
    """Return the processes that play: the children of the fork server of players."""
    return [pid for pid in running.pids() if _command(pid).endswith(" player")][1:]


def _command(pid: int) -> str:
    return (PROC / str(pid) / "cmdline").read_text().rstrip("\0").replace("\0", " ")


def _cpu_s(pid: int) -> float:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


if __name__ == "__main__":
    print(speed() if sys.argv[1:] == ["speed"] else json.dumps(measure(), indent=1))
