"""The published schema knows every pattern and guard with its parameters, as the reader does."""

import copy
from typing import Any

import pytest

from lab.cluster.scenarios.scenario import check_scenario, scenario_schema
from lab.cluster.scenarios.yaml import read_yaml
from lab.patterns.catalogue import PATTERNS
from lab.patterns.chain import DEFAULT_ORDER
from lab.patterns.guards import GUARDS
from lab.patterns.parameters import Parameter, parameters, plain
from tests.scenario.json_schema import accepts
from tests.scenario.test_broken import TEXT

CHAINED = [(name, about) for name in DEFAULT_ORDER for about in parameters(PATTERNS[name].settings)]
GUARDING = [(name, about) for name, kind in GUARDS.items() for about in parameters(kind)]


def with_chain(*entries: Any) -> Any:
    data = copy.deepcopy(read_yaml(TEXT).data)
    data["dependencies"]["front:back"]["chain"] = list(entries)
    return data


def with_guards(guards: Any) -> Any:
    data = copy.deepcopy(read_yaml(TEXT).data)
    data["services"]["back"]["guards"] = guards
    return data


def too_much(about: Parameter) -> object:
    """A value that this parameter does not take."""
    return "too much" if about.maximum is None else about.maximum + 1


def test_every_pattern_is_in_it_with_all_its_defaults() -> None:
    for name in DEFAULT_ORDER:
        defaults = plain(PATTERNS[name].settings())
        assert accepts(scenario_schema(), with_chain({"pattern": name, **defaults})), name


def test_every_guard_is_in_it_with_all_its_defaults() -> None:
    defaults = {name: plain(kind()) for name, kind in GUARDS.items()}
    assert accepts(scenario_schema(), with_guards(defaults))


@pytest.mark.parametrize(("name", "about"), CHAINED)
def test_no_parameter_of_a_pattern_takes_too_much(name: str, about: Parameter) -> None:
    wrong = {"pattern": name, about.name: too_much(about)}
    assert not accepts(scenario_schema(), with_chain(wrong))


@pytest.mark.parametrize(("name", "about"), GUARDING)
def test_no_parameter_of_a_guard_takes_too_much(name: str, about: Parameter) -> None:
    assert not accepts(scenario_schema(), with_guards({name: {about.name: too_much(about)}}))


@pytest.mark.parametrize(
    "guards",
    [
        {"codle": {}},
        {"retry": {}},
        {"codel": True},
        {"codel": {"enabled": 1}},
        {"codel": {"targt_s": 2}},
        {"queue_order": {"order": "filo"}},
        ["codel"],
        None,
    ],
)
def test_what_the_reader_refuses_of_guards_the_schema_refuses_too(guards: Any) -> None:
    assert not accepts(scenario_schema(), with_guards(guards))


def test_guards_of_a_scenario_are_what_its_services_begin_with() -> None:
    text = TEXT.replace("health: {rise: 2}", "guards: {codel: {enabled: true, target_s: 0.05}}", 1)
    scenario, diagnostics = check_scenario(text, "f")
    assert scenario is not None
    assert diagnostics == []
    guards = scenario.services["back"].guards
    assert (guards["codel"].enabled, guards["codel"].target_s) == (True, 0.05)
    assert not any(guards[name].enabled for name in ("admission", "shedding", "brownout"))
