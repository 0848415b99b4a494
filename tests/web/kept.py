"""Files of runs for tests, played in virtual time and kept for all tests of a process."""

import gzip
import json
from functools import cache

from lab.cluster import Play, load_scenario, pack
from lessons.shelf import shipped

SECONDS = 4.0


@cache
def file_of(scenario: str = "pair", title: str = "A crash", seed: int = 3) -> bytes:
    """Return the file of a virtual run in which ``callee-1`` crashes at second 1."""
    text = shipped()[scenario].text
    play = Play(load_scenario(text, scenario), seed=seed)
    play.begin()
    try:
        play.run_until(1.0)
        play.command(command="inject_fault", kind="crash", target="callee-1")
        play.run_until(SECONDS)
        return pack(play.run(scenario_text=text, title=title))
    finally:
        play.close()


def edited(file: bytes, **head: object) -> bytes:
    """Return the file with other values in its head."""
    first, rest = gzip.decompress(file).split(b"\n", 1)
    return gzip.compress(json.dumps(json.loads(first) | head).encode() + b"\n" + rest)
