"""The front door of the cluster: everything that the site may use of it.

The names are loaded when they are first used: workers import this package too, and need neither
pydantic nor YAML.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.cluster.cluster import Cluster
    from lab.cluster.processes.process import SpawnError
    from lab.cluster.processes.spawner import Spawner
    from lab.cluster.runs.kept_trace import kept_trace
    from lab.cluster.runs.moment import moment
    from lab.cluster.runs.paging import page
    from lab.cluster.runs.recorded import RecordedCluster
    from lab.cluster.runs.recording import Recording
    from lab.cluster.runs.run import Run, RunError, pack, retitled, unpack
    from lab.cluster.runs.tables import chart_rows, events_of
    from lab.cluster.scenarios.diagnostics import Diagnostic
    from lab.cluster.scenarios.scenario import (
        Scenario,
        ScenarioError,
        load_scenario,
        scenario_schema,
    )
    from lab.cluster.sight.offer import catalogue
    from lab.cluster.steering.commands import CommandError
    from lab.cluster.virtual.loop import Runaway, Stalled, VirtualLoop, run_virtual
    from lab.cluster.virtual.machine import Costs, VirtualMachine
    from lab.cluster.virtual.play import Bounds, Play

__all__ = [
    "Bounds",
    "Cluster",
    "CommandError",
    "Costs",
    "Diagnostic",
    "Play",
    "RecordedCluster",
    "Recording",
    "Run",
    "RunError",
    "Runaway",
    "Scenario",
    "ScenarioError",
    "SpawnError",
    "Spawner",
    "Stalled",
    "VirtualLoop",
    "VirtualMachine",
    "catalogue",
    "chart_rows",
    "events_of",
    "kept_trace",
    "load_scenario",
    "moment",
    "pack",
    "page",
    "retitled",
    "run_virtual",
    "scenario_schema",
    "unpack",
]

_HOMES = {
    "Bounds": "virtual.play",
    "Play": "virtual.play",
    "chart_rows": "runs.tables",
    "events_of": "runs.tables",
    "kept_trace": "runs.kept_trace",
    "moment": "runs.moment",
    "pack": "runs.run",
    "page": "runs.paging",
    "retitled": "runs.run",
    "RecordedCluster": "runs.recorded",
    "Recording": "runs.recording",
    "Run": "runs.run",
    "RunError": "runs.run",
    "unpack": "runs.run",
    "Runaway": "virtual.loop",
    "Stalled": "virtual.loop",
    "VirtualLoop": "virtual.loop",
    "run_virtual": "virtual.loop",
    "Costs": "virtual.machine",
    "VirtualMachine": "virtual.machine",
    "catalogue": "sight.offer",
    "CommandError": "steering.commands",
    "Diagnostic": "scenarios.diagnostics",
    "Cluster": "cluster",
    "Scenario": "scenarios.scenario",
    "ScenarioError": "scenarios.scenario",
    "load_scenario": "scenarios.scenario",
    "scenario_schema": "scenarios.scenario",
    "SpawnError": "processes.process",
    "Spawner": "processes.spawner",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{home}")
    found: object = getattr(module, name)
    globals()[name] = found  # or the next look would find a submodule of that name
    return found
