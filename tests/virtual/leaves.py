"""Scenarios of any size: a front that calls one of n leaves for each request."""

from lab.cluster import Scenario, load_scenario
from lab.cluster.scenarios.limits import VIRTUAL, Limits

MOST_PER_SERVICE = 100


def leaves_text(n: int, rate_per_s: float) -> str:
    """Return a scenario of a front and ``n`` leaves.

    The leaves are replicas of services of at most 100. Each service has a route of the front, with
    its share of the requests, so every request makes two calls however many leaves there are.
    """
    sizes = [min(MOST_PER_SERVICE, n - first) for first in range(0, n, MOST_PER_SERVICE)]
    names = [f"leaf-{chr(ord('a') + place)}" for place in range(len(sizes))]
    routes = [
        f"      /{name}: {{work: {{kind: exponential, mean_s: 0.002}},"
        f" calls: [{{to: {name}, route: /}}]}}"
        for name in names
    ]
    services = [
        f"  {name}:\n    replicas: {size}\n"
        "    routes: {/: {work: {kind: exponential, mean_s: 0.005}}}"
        for name, size in zip(names, sizes, strict=True)
    ]
    mix = [
        f"    - {{route: /{name}, share: {size}}}" for name, size in zip(names, sizes, strict=True)
    ]
    return "\n".join(
        [
            "name: leaves", "title: A front and its leaves", "services:",
            "  front:", "    capacity: 512", "    routes:", *routes, *services,
            "users:", f"  rate_per_s: {rate_per_s:g}", "  entry: front", "  mix:", *mix,
        ]
    )  # fmt: skip


def leaves(n: int, rate_per_s: float, limits: Limits = VIRTUAL) -> Scenario:
    """Return that scenario, as it is loaded for a body with these limits."""
    return load_scenario(leaves_text(n, rate_per_s), "leaves", limits)
