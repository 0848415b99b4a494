"""The whole lab as plain data: what a page draws its fixed parts from."""

from collections.abc import Iterable
from typing import Any

import msgspec

from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.topology import USERS
from lab.cluster.scenarios.wanted import NETWORK, Wanted
from lab.patterns.guards import plain_guards
from lab.patterns.parameters import plain

Plain = dict[str, Any]


def scenario(wanted: Wanted, seed: int) -> Plain:
    """Return the scenario's words."""
    authored = wanted.scenario
    return {
        "name": authored.name,
        "title": authored.title,
        "description": authored.description,
        "suggestion": authored.suggestion,
        "seed": seed,
    }


def services(wanted: Wanted) -> list[Plain]:
    """Return each service as it should run now."""
    return [
        {
            "name": name,
            "title": service.title,
            "zones": list(service.zones),
            "replicas": service.replicas,
            "capacity": service.spec.capacity,
            "queue": service.spec.queue,
            "health": plain(service.health),
            "restart": plain(service.restart),
            "guards": plain_guards(service.guards),
            "routes": list(service.spec.routes),
        }
        for name, service in wanted.services.items()
    ]


def units(all_units: Iterable[Unit], began_s: float) -> tuple[list[Plain], list[Plain]]:
    """Return (instances, workers): the service instances, then the users and the network."""
    instances: list[Plain] = []
    workers: list[Plain] = []
    for unit in all_units:
        process = unit.process
        one = {
            "name": unit.name,
            "service": unit.service,
            "zone": unit.zone,
            "pid": None if process is None else process.pid,
            "port": unit.port or None,
            "state": unit.state,
            "reason": unit.reason,
            "since_t": round(unit.since_s - began_s, 3),
            "restarts": unit.restarts,
        }
        (workers if unit.name in (USERS, NETWORK) else instances).append(one)
    return instances, workers


def dependencies(wanted: Wanted) -> list[Plain]:
    """Return each dependency with its chain, as it is and as authored."""
    return [
        {
            "name": name,
            "caller": dependency.caller,
            "callee": dependency.callee,
            "required": dependency.required,
            "chain": wanted.chains[name],
            "authored": wanted.authored[name],
        }
        for name, dependency in wanted.dependencies.items()
    ]


def users(wanted: Wanted) -> Plain:
    """Return the load."""
    return {
        "rate_per_s": wanted.users.rate_per_s,
        "mix": [msgspec.to_builtins(entry) for entry in wanted.users.mix],
        "max_in_flight": wanted.users.max_in_flight,
        "patience_s": wanted.users.patience_s,
    }
