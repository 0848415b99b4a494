"""The front door of the cluster: everything that the site may use of it.

The names are loaded when they are first used: workers import this package too, and need neither
pydantic nor YAML.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.cluster.cluster import Cluster
    from lab.cluster.experiments.errors import ExperimentError
    from lab.cluster.experiments.experiment import Experiment
    from lab.cluster.experiments.plan import Asked, Plan, plan_of
    from lab.cluster.experiments.report.report import Report
    from lab.cluster.experiments.result import Result
    from lab.cluster.experiments.values import assignments
    from lab.cluster.processes.process import SpawnError
    from lab.cluster.processes.spawner import Spawner
    from lab.cluster.runs.head import Given, Head
    from lab.cluster.runs.kept_trace import kept_trace
    from lab.cluster.runs.moment import moment
    from lab.cluster.runs.paging import page
    from lab.cluster.runs.recorded import RecordedCluster
    from lab.cluster.runs.recording import Recording
    from lab.cluster.runs.run import Run, RunError, pack, retitled, unpack
    from lab.cluster.runs.tables import chart_rows, events_of
    from lab.cluster.scenarios.diagnostics import Diagnostic, propose
    from lab.cluster.scenarios.scenario import (
        Scenario,
        ScenarioError,
        load_scenario,
        scenario_schema,
    )
    from lab.cluster.sight.offer import catalogue
    from lab.cluster.steering.commands import CommandError, parse_command
    from lab.cluster.virtual.calibration import measured_costs
    from lab.cluster.virtual.endless import Runaway, Stalled
    from lab.cluster.virtual.loop import VirtualLoop, run_virtual
    from lab.cluster.virtual.machine import Costs, VirtualMachine
    from lab.cluster.virtual.play import Bounds, Play
    from lab.cluster.virtual.player_wire import Replay
    from lab.cluster.virtual.remote import PlayedCluster
    from lab.cluster.virtual.remote_player import RemotePlayer

__all__ = [
    "Asked",
    "Bounds",
    "Cluster",
    "CommandError",
    "Costs",
    "Diagnostic",
    "Experiment",
    "ExperimentError",
    "Given",
    "Head",
    "Plan",
    "Play",
    "PlayedCluster",
    "RecordedCluster",
    "Recording",
    "RemotePlayer",
    "Replay",
    "Report",
    "Result",
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
    "assignments",
    "catalogue",
    "chart_rows",
    "events_of",
    "kept_trace",
    "load_scenario",
    "measured_costs",
    "moment",
    "pack",
    "page",
    "parse_command",
    "plan_of",
    "propose",
    "retitled",
    "run_virtual",
    "scenario_schema",
    "unpack",
]

_HOMES = {
    "Asked": "experiments.plan",
    "Experiment": "experiments.experiment",
    "ExperimentError": "experiments.errors",
    "Plan": "experiments.plan",
    "Report": "experiments.report.report",
    "Result": "experiments.result",
    "assignments": "experiments.values",
    "plan_of": "experiments.plan",
    "propose": "scenarios.diagnostics",
    "Bounds": "virtual.play",
    "Play": "virtual.play",
    "PlayedCluster": "virtual.remote",
    "RemotePlayer": "virtual.remote_player",
    "Replay": "virtual.player_wire",
    "chart_rows": "runs.tables",
    "events_of": "runs.tables",
    "Given": "runs.head",
    "Head": "runs.head",
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
    "Runaway": "virtual.endless",
    "Stalled": "virtual.endless",
    "VirtualLoop": "virtual.loop",
    "run_virtual": "virtual.loop",
    "measured_costs": "virtual.calibration",
    "Costs": "virtual.machine",
    "VirtualMachine": "virtual.machine",
    "catalogue": "sight.offer",
    "CommandError": "steering.commands",
    "parse_command": "steering.commands",
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
