"""The front door of the cluster: everything that the site may use of it.

The names are loaded when they are first used: workers import this package too, and need neither
pydantic nor YAML.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.cluster.live import LiveCluster as Cluster
    from lab.cluster.processes.spawner import Spawner, SpawnError
    from lab.cluster.scenarios.diagnostics import Diagnostic
    from lab.cluster.scenarios.scenario import (
        Scenario,
        ScenarioError,
        load_scenario,
        scenario_schema,
    )
    from lab.cluster.sight.offer import catalogue
    from lab.cluster.steering.commands import CommandError

__all__ = [
    "Cluster",
    "CommandError",
    "Diagnostic",
    "Scenario",
    "ScenarioError",
    "SpawnError",
    "Spawner",
    "catalogue",
    "load_scenario",
    "scenario_schema",
]

_HOMES = {
    "catalogue": "sight.offer",
    "CommandError": "steering.commands",
    "Diagnostic": "scenarios.diagnostics",
    "Cluster": "live",
    "Scenario": "scenarios.scenario",
    "ScenarioError": "scenarios.scenario",
    "load_scenario": "scenarios.scenario",
    "scenario_schema": "scenarios.scenario",
    "SpawnError": "processes.spawner",
    "Spawner": "processes.spawner",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{home}")
    found: object = getattr(module, "LiveCluster" if name == "Cluster" else name)
    globals()[name] = found  # or the next look would find a submodule of that name
    return found
