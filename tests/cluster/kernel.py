"""What the operating system itself says of processes, ports and descriptors."""

import socket
import subprocess
from pathlib import Path

PROC = Path("/proc")


def process_state(pid: int) -> str:
    """Return the kernel's letter: R or S it runs, T it is stopped, Z it is dead; empty: gone."""
    if not PROC.is_dir():
        return _process_state_by_ps(pid)
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat.rpartition(")")[2].split()[0]


def is_stopped(pid: int) -> bool:
    """Return whether a signal has stopped the process."""
    return process_state(pid) == "T"


def is_alive(pid: int) -> bool:
    """Return whether the process exists and has not ended, stopped or not."""
    return process_state(pid) not in ("", "Z", "X")


def children_of(pid: int) -> list[int]:
    """Return the processes that ``pid`` started and that have not been reaped. Linux only."""
    found = []
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def family_of(pid: int) -> list[int]:
    """Return ``pid``'s children, their children and so on."""
    found = children_of(pid)
    return found + [each for child in found for each in family_of(child)]


def descriptors_of(pid: int) -> int:
    """Return how many files and sockets the process has open. Linux only."""
    return sum(1 for _ in (PROC / str(pid) / "fd").iterdir())


def pss_bytes(pid: int) -> int:
    """Return the proportional set size: own pages, and its share of those it shares. Linux only."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no Pss")


def is_free(port: int) -> bool:
    """Return whether anybody may bind the port, alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _process_state_by_ps(pid: int) -> str:
    found = subprocess.run(
        ["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()[:1]
