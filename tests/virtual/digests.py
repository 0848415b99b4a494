"""What a run comes to, in one line: also for Pythons that have no pytest."""

import hashlib

from lab.cluster import Play
from tests.cluster.shops import shipped
from tests.virtual.played import messages, played

SECONDS = 10.0


def digest(name: str, seed: int | None = None) -> str:
    """Return the digest of a run with faults and changes of every sort."""
    with played(shipped(name), seed=seed) as play:
        _steer(play)
        return play.recording.digest


def history(name: str) -> str:
    """Return a digest of what happened in the same run, however frames and events tell of it."""
    with played(shipped(name)) as play:
        _steer(play)
        told = hashlib.sha256()
        for event in messages(play, "event"):
            told.update(f"{event['t']} {event['kind']} {event['subject']}\n".encode())
        for each in messages(play, "traces"):
            for head in each["traces"]:
                told.update(f"{head['t']} {head['outcome']} {head['duration_ms']}\n".encode())
        return told.hexdigest()


def _steer(play: Play) -> None:
    victim = next(iter(play.lab.crew.instances))
    dependency = next(iter(play.lab.crew.wanted.dependencies))
    play.run_until(2.0)
    play.command(command="inject_fault", kind="hang", target=victim, duration_s=1.0)
    play.run_until(3.5)
    play.command(command="inject_fault", kind="crash", target=victim)
    play.command(command="set_users", rate_per_s=80.0)
    jitter = {"latency_ms": 20, "jitter_ms": 10, "toxicity_ratio": 0.5}
    play.command(
        command="inject_fault", kind="toxic_latency", target=dependency, params=jitter,
        duration_s=3.0,
    )  # fmt: skip
    play.command(command="inject_fault", kind="hog", target=victim, after_s=0.5, duration_s=1.0)
    play.run_until(7.0)
    play.command(command="reset")
    shape = {"kind": "heavy_tail", "mean_s": 0.05}
    play.command(command="inject_fault", kind="latency", target=victim, params=shape)
    play.run_until(SECONDS)
