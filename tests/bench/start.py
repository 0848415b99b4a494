"""How long it takes to a living lab, and how much memory the site with one lab holds.

``python -m tests.bench.start`` prints the figures and takes about fifteen seconds.
"""

import time
from statistics import median

from tests.bench.site import Site, pss_mb, site, until

LABS = 5
SETTLE_S = 3.0


def measure() -> dict[str, float]:
    """Return seconds of a warm ``make lab`` and of a lab, and MB of proportional set size.

    ``make_lab_s``: from the command to the first user request answered in the sandbox's cluster.
    ``lab_s``: from the request for a lab of eleven workers to its first user request answered,
    the median of five. ``memory_mb``: the site, the fork server and all workers of one lab.
    """
    with site(["make", "lab", "PORT=0"]) as warm:
        until(lambda: warm.ask("GET", "/labs")["labs"])
        lab = warm.ask("GET", "/labs")["labs"][0]["id"]
        make_lab_s = until(lambda: warm.served(lab)) - warm.began_s
        time.sleep(SETTLE_S)
        memory_mb = sum(pss_mb(pid) for pid in warm.pids())
        lab_s = median(_lab_s(warm) for _ in range(LABS))
    return {"make_lab_s": make_lab_s, "lab_s": lab_s, "memory_mb": memory_mb}


def _lab_s(running: Site) -> float:
    began_s = time.monotonic()
    lab = running.ask("POST", "/labs", {"scenario": "toyshop"})["id"]
    took_s = until(lambda: running.served(lab)) - began_s
    running.ask("DELETE", f"/labs/{lab}")
    return took_s


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:>12} {value:8.2f}")
