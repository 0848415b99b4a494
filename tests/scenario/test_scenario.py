from typing import Any

import pytest
from pydantic import ValidationError

from lab.cluster.scenarios.scenario import Scenario, load_scenario, scenario_schema
from lab.cluster.scenarios.yaml import read_yaml
from lab.patterns.chain import DEFAULT_ORDER
from lab.patterns.health import HealthSettings
from tests.scenario.json_schema import accepts

TEXT = """\
name: small
title: Small
services:
  front:
    replicas: 2
    health: {interval_s: 2.0}
    routes:
      /:
        work: {kind: normal, mean_s: 0.002, deviation_s: 0.001}
        calls:
          - {to: back, route: /x, optional: true}
          - parallel:
              - {to: back, route: /y}
              - {to: side, route: /z, method: POST, optional: true}
  back:
    queue: null
    routes:
      /x: {work: {kind: fixed, mean_s: 0.001}}
      /y: {work: {kind: fixed, mean_s: 0.001}}
  side:
    routes:
      /z: {work: {kind: fixed, mean_s: 0}}
dependencies:
  front:back:
    chain: [{pattern: breaker}, {pattern: retry, attempts: 5, enabled: false}]
users:
  rate_per_s: 10
  entry: front
  mix: [{route: /, share: 1}]
"""


def loaded() -> Scenario:
    return load_scenario(TEXT, "small.yaml")


def test_what_is_not_said_has_a_default() -> None:
    scenario = loaded()
    front, back = scenario.services["front"], scenario.services["back"]

    assert (scenario.zones, scenario.seed, scenario.faults) == (("a",), 1, ())
    assert (front.capacity, front.queue, back.queue) == (32, 64, None)
    assert front.health == HealthSettings(interval_s=2.0)
    assert back.health == HealthSettings()
    assert (scenario.users.patience_s, scenario.users.max_in_flight) == (3.0, 500)
    assert scenario.users.mix[0].priority == "default"


def test_steps_are_groups_in_the_order_of_the_calls() -> None:
    steps = loaded().services["front"].routes["/"].steps()

    assert [[(call.to, call.optional) for call in step] for step in steps] == [
        [("back", True)],
        [("back", False), ("side", True)],
    ]


def test_only_post_is_not_idempotent_unless_said_otherwise() -> None:
    steps = loaded().services["front"].routes["/"].steps()

    assert [call.idempotent for step in steps for call in step] == [True, True, False]


def test_a_dependency_is_required_when_one_of_its_calls_is() -> None:
    required = {each.name: each.required for each in loaded().dependencies()}

    assert required == {"users:front": True, "front:back": True, "front:side": False}


def test_a_pair_without_a_chain_has_the_default_one() -> None:
    users, back, side = loaded().dependencies()

    assert [layer.pattern for layer in side.chain] == list(DEFAULT_ORDER)
    assert users.chain == side.chain
    layers = {layer.pattern: layer for layer in back.chain}
    assert layers["breaker"].enabled
    assert (layers["retry"].enabled, layers["retry"].settings.attempts) == (False, 5)
    named = [layer.pattern for layer in back.chain if layer.pattern in ("breaker", "retry")]
    assert named == ["breaker", "retry"]


def test_a_scenario_cannot_be_changed() -> None:
    scenario: Any = loaded()

    with pytest.raises(ValidationError, match="frozen"):
        scenario.title = "Other"
    with pytest.raises(ValidationError, match="frozen"):
        scenario.services["front"].replicas = 3
    with pytest.raises(TypeError):
        scenario.services["front"] = None


def test_replicas_take_turns_in_the_zones_of_their_service() -> None:
    text = TEXT.replace("services:", "zones: [a, b, c]\nservices:").replace(
        "replicas: 2", "replicas: 3\n    zones: [c, a]"
    )

    zones = [each.zone for each in load_scenario(text, "x").instances()]

    assert zones == ["c", "a", "c", "a", "a"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: small", "naame: small"),
        ("replicas: 2", "replicas: 9"),
        ("kind: normal", "kind: gauss"),
        ("attempts: 5", "attempts: 0"),
        ("attempts: 5", "attempt: 5"),
        ("interval_s: 2.0", "interval: 2.0"),
        ("  front:\n", "  Front:\n"),
        ("share: 1", "share: -1"),
        ("mix: [{route: /, share: 1}]", "mix: []"),
        ("optional: true}\n          -", "optional: 1}\n          -"),
        ("pattern: breaker", "pattern: braker"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str) -> None:
    assert old in TEXT

    assert accepts(scenario_schema(), read_yaml(TEXT).data)
    assert not accepts(scenario_schema(), read_yaml(TEXT.replace(old, new, 1)).data)
