"""Small generated labs for the laws: their network costs nothing, since the laws have none."""

import json
from typing import Any

from lab.cluster import Costs, Scenario, load_scenario

FREE = Costs(birth_s=0.0, connect_s=0.0, one_way_s=0.0)

NO_HEALTH = {"enabled": False}

Plain = dict[str, Any]


def lab_of(
    services: Plain, users: Plain, dependencies: Plain | None = None, **more: object
) -> Scenario:
    """Return a scenario of these parts, as they stand in a scenario's file."""
    text = json.dumps({
        "name": "law",
        "title": "A law",
        "zones": ["a"],
        "services": services,
        "dependencies": {} if dependencies is None else dependencies,
        "users": {"patience_s": 300.0, "max_in_flight": 5000} | users,
    } | more)  # fmt: skip
    return load_scenario(text, "law")


def service(routes: Plain, **more: object) -> Plain:
    """Return a service; without probes, without a bound of its queue."""
    return {"queue": None, "health": NO_HEALTH, "routes": routes} | more


def work(kind: str, mean_s: float, deviation_s: float = 0.0) -> Plain:
    """Return the work of a route."""
    spread = {"deviation_s": deviation_s} if deviation_s else {}
    return {"kind": kind, "mean_s": mean_s} | spread


def queue(rate: float, work_of: Plain, capacity: int = 1, bound: int | None = None) -> Scenario:
    """Return the lab of one instance: Poisson arrivals, a queue, ``capacity`` workers."""
    shop = service({"/r": {"work": work_of}}, capacity=capacity, queue=bound)
    return lab_of({"shop": shop}, {"rate_per_s": rate, "entry": "shop", "mix": mix("/r")})


def mix(*routes: str, **shares: float) -> list[Plain]:
    """Return an even mix of routes, or one by shares (named without the slash)."""
    even = [{"route": route, "share": 1.0} for route in routes]
    return even + [{"route": f"/{name}", "share": share} for name, share in shares.items()]
