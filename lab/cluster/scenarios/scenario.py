"""A scenario: the authored file that says what a lab is, typed, checked and read-only."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, ValidationError

from lab.cluster.scenarios.authored import (
    DependencyChain,
    Frozen,
    Line,
    Name,
    Pair,
    Part,
    Prose,
    Service,
    TimedFault,
    Users,
    Whole,
)
from lab.cluster.scenarios.diagnostics import Diagnostic, ScenarioError
from lab.cluster.scenarios.draft import DEFAULT_ZONES, Draft, draft_of
from lab.cluster.scenarios.fault_checks import check_faults
from lab.cluster.scenarios.findings import Finding, findings_of
from lab.cluster.scenarios.limits import LIVE, VIRTUAL, Limits
from lab.cluster.scenarios.positions import Document, Place, Problem
from lab.cluster.scenarios.scenario_checks import (
    check_calls,
    check_circles,
    check_dependencies,
    check_limits,
    check_names,
    check_reach,
    check_services,
    check_users,
    check_work,
)
from lab.cluster.scenarios.topology import (
    Dependency,
    Instance,
    Link,
    dependencies_of,
    instances_of,
    links_of,
)
from lab.cluster.scenarios.yaml import read_yaml

__all__ = [
    "Dependency",
    "Instance",
    "Link",
    "Scenario",
    "ScenarioError",
    "check_data",
    "check_scenario",
    "load_scenario",
    "scenario_schema",
]

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
MAX_DIAGNOSTICS = 100

CHECKS = (
    check_names, check_services, check_work, check_calls, check_circles, check_users,
    check_dependencies, check_reach, check_faults,
)  # fmt: skip


class Scenario(Part):
    """The topology, its users, its first patterns and faults. Times are in seconds."""

    name: Name = Field(description="such as toyshop; the name of the file")
    title: Line = Field(description="such as The toy shop")
    description: Prose = Field("", description="what it is, what to do, what should be seen")
    suggestion: Line = Field("", description="what to try first")
    seed: Annotated[Whole, Field(ge=0, le=2**32 - 1)] = Field(
        1, description="of all chance; the same seed gives the same draws"
    )
    zones: tuple[Name, ...] = Field(DEFAULT_ZONES, min_length=1, max_length=8)
    services: Frozen[Name, Service] = Field(
        min_length=1,
        max_length=VIRTUAL.instances,
        json_schema_extra={"maxProperties": LIVE.instances},
        description="such as gateway: {…}",
    )
    chains: Frozen[Pair, DependencyChain] = Field(
        alias="dependencies",
        default_factory=dict,
        validate_default=True,
        description="chains by caller:callee; pairs without one have the default chain",
    )
    users: Users = Field(description="the load")
    faults: tuple[TimedFault, ...] = Field((), max_length=50)

    def instances(self) -> list[Instance]:
        """Return every instance as authored, in the order of the services."""
        return instances_of(self.services, self.zones)

    def dependencies(self) -> list[Dependency]:
        """Return every dependency; the users' is the first."""
        return dependencies_of(self.services, self.users, self.chains)

    def links(self) -> list[Link]:
        """Return every link as authored, in the order of the dependencies."""
        return links_of(self.instances(), self.dependencies())


def load_scenario(text: str, name: str, limits: Limits = LIVE) -> Scenario:
    """Return the scenario in ``text``, a file called ``name``. Raises ScenarioError.

    ``limits`` are those of the body that is to play it.
    """
    scenario, diagnostics = check_scenario(text, name, limits)
    if scenario is None:
        raise ScenarioError([each for each in diagnostics if each.level == "error"])
    return scenario


def check_scenario(
    text: str, name: str, limits: Limits = LIVE
) -> tuple[Scenario | None, list[Diagnostic]]:
    """Return the scenario, or None when it has errors, and every finding in the file's order."""
    document = read_yaml(text)
    found = [_of_problem(problem, name) for problem in document.problems]
    scenario: Scenario | None = None
    if document.complete:
        scenario, findings = check_data(document.data, limits)
        found += [_of_finding(finding, document, name) for finding in findings]
    found = sorted(set(found))[:MAX_DIAGNOSTICS]
    wrong = any(diagnostic.level == "error" for diagnostic in found)
    return None if wrong else scenario, found


def check_data(data: object, limits: Limits = LIVE) -> tuple[Scenario | None, list[Finding]]:
    """The same for plain data that stands in no file: each finding names its path."""
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(data)
        findings: list[Finding] = []
    except ValidationError as error:
        findings = findings_of(error, Scenario, data)
    findings += _across(draft_of(data), limits)
    wrong = any(finding.level == "error" for finding in findings)
    return None if wrong else scenario, findings


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scenario files, for editors."""
    schema = Scenario.model_json_schema(by_alias=True)
    _close(schema)
    return {"$schema": SCHEMA_ID, **schema, "title": "Faultline scenario"}


def _close(schema: object) -> None:
    """Forbid names that match none of the patterns for names, wherever there are such patterns."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)


def _across(draft: Draft, limits: Limits) -> Iterator[Finding]:
    yield from check_limits(draft, limits)
    if len(draft.names) <= limits.instances:  # with more, one error says enough
        for check in CHECKS:
            yield from check(draft)


def _of_problem(problem: Problem, file: str) -> Diagnostic:
    place = problem.place
    return Diagnostic(
        file, place.line, place.column, place.end_line, "error", problem.code, problem.message,
        problem.hint,
    )  # fmt: skip


def _of_finding(finding: Finding, document: Document, file: str) -> Diagnostic:
    at: Place = document.key(finding.path) if finding.at_key else document.value(finding.path)
    return Diagnostic(
        file, at.line, at.column, at.end_line, finding.level, finding.code, finding.message,
        finding.hint,
    )  # fmt: skip
