from pathlib import Path

import pytest

import lessons
from lab.cluster.scenarios.scenario import Scenario, check_scenario, load_scenario, scenario_schema
from lab.cluster.scenarios.yaml import read_yaml
from tests.scenario.json_schema import accepts

FOLDER = Path(lessons.__file__).parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))


def load(name: str) -> Scenario:
    return load_scenario((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_scenario_has_nothing_to_complain_about(path: Path) -> None:
    scenario, diagnostics = check_scenario(path.read_text(encoding="utf-8"), path.name)

    assert diagnostics == []
    assert scenario is not None
    assert scenario.name == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_scenario_says_what_to_do(path: Path) -> None:
    scenario = load(path.stem)

    assert len(scenario.description) > 200
    assert scenario.suggestion


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_published_schema_accepts_a_shipped_scenario(path: Path) -> None:
    data = read_yaml(path.read_text(encoding="utf-8")).data

    assert accepts(scenario_schema(), data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_written_out_reads_as_the_same(path: Path) -> None:
    scenario = load(path.stem)

    assert Scenario.model_validate(scenario.model_dump(mode="json", by_alias=True)) == scenario


def test_the_three_of_the_first_release_are_there() -> None:
    assert {path.stem for path in FILES} >= {"toyshop", "chain", "pair"}


def test_the_toy_shop_has_its_places() -> None:
    scenario = load("toyshop")

    placed = [(each.name, each.zone) for each in scenario.instances()]
    assert placed == [
        ("gateway-1", "a"), ("gateway-2", "b"),
        ("catalog-1", "a"), ("catalog-2", "b"),
        ("recommendations-1", "b"),
        ("checkout-1", "a"), ("checkout-2", "b"),
        ("inventory-1", "a"),
        ("payments-1", "b"),
    ]  # fmt: skip


def test_the_toy_shop_needs_everything_but_recommendations() -> None:
    dependencies = {each.name: each.required for each in load("toyshop").dependencies()}

    assert dependencies == {
        "users:gateway": True,
        "gateway:catalog": True,
        "gateway:recommendations": False,
        "gateway:checkout": True,
        "checkout:inventory": True,
        "checkout:payments": True,
    }


def test_the_toy_shop_begins_without_protection() -> None:
    for dependency in load("toyshop").dependencies():
        enabled = [layer.pattern for layer in dependency.chain if layer.enabled]
        assert enabled == ["balance"]


def test_every_caller_instance_is_linked_to_every_callee_instance() -> None:
    links = [each.name for each in load("toyshop").links()]

    assert links[:2] == ["users→gateway-1", "users→gateway-2"]
    assert "gateway-2→catalog-1" in links
    assert "checkout-1→payments-1" in links
    assert len(links) == len(set(links)) == 2 + 4 + 2 + 4 + 2 + 2


def test_the_chain_is_four_deep_and_its_retries_are_ready_to_multiply() -> None:
    dependencies = load("chain").dependencies()

    assert [each.name for each in dependencies] == [
        "users:edge", "edge:api", "api:orders", "orders:db",
    ]  # fmt: skip
    retries = [layer for each in dependencies[1:] for layer in each.chain
               if layer.pattern == "retry"]  # fmt: skip
    assert [(layer.enabled, layer.settings.attempts) for layer in retries] == [(False, 3)] * 3
