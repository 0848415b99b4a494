"""What a fault's target names, and what is said when it names nothing."""

import pytest

from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.faults import FAULTS
from lab.cluster.scenarios.topology import USERS
from lab.cluster.scenarios.wanted import NETWORK, Wanted
from lab.cluster.steering.aim import Aim, Range
from lab.cluster.steering.commands import CommandError
from tests.cluster.shops import shipped
from tests.cluster.timeless import timeless


def toyshop() -> Range:
    wanted = Wanted(shipped("toyshop"))
    units = {
        name: Unit(name, service, zone, 0, wanted.services[service].restart)
        for name, service, zone in wanted.instances()
    }
    for name in (USERS, NETWORK):
        units[name] = Unit(name, name, None, 0, wanted.services["gateway"].restart)
    return Range(wanted, units, list(wanted.links()))


def names(aim: Aim) -> list[str]:
    return [unit.name for unit in aim.units]


def refusal(kind: str, target: str) -> CommandError:
    with pytest.raises(CommandError) as raised:
        toyshop().aim(FAULTS[kind], target)
    return raised.value


@timeless
async def test_an_instance_is_itself_and_a_service_is_all_its_instances() -> None:
    shop = toyshop()
    assert names(shop.aim(FAULTS["hang"], "catalog-2")) == ["catalog-2"]
    assert names(shop.aim(FAULTS["hang"], "catalog")) == ["catalog-1", "catalog-2"]


@timeless
async def test_a_zone_is_all_that_stands_in_it() -> None:
    for kind in ("crash", "lose_zone"):
        aim = toyshop().aim(FAULTS[kind], "a")
        assert aim.zones == ["a"]
        assert names(aim) == ["gateway-1", "catalog-1", "checkout-1", "inventory-1"]


@timeless
async def test_a_link_is_itself_in_either_way_of_writing_it() -> None:
    for target in ("checkout-1→payments-1", "checkout-1->payments-1", " checkout-1→payments-1 "):
        assert toyshop().aim(FAULTS["down"], target).links == ["checkout-1→payments-1"]


@timeless
async def test_a_dependency_is_all_its_links() -> None:
    links = toyshop().aim(FAULTS["down"], "gateway:catalog").links
    assert links == [f"gateway-{caller}→catalog-{callee}" for caller in (1, 2) for callee in (1, 2)]
    assert toyshop().aim(FAULTS["down"], "users:gateway").links == [
        "users→gateway-1",
        "users→gateway-2",
    ]


def walls(target: str, direction: str) -> set[tuple[str, str]]:
    aim = toyshop().aim(FAULTS["partition"], target, direction)
    assert len(aim.walls) == len(set(aim.walls))
    assert aim.links == sorted({link for link, _ in aim.walls})
    return set(aim.walls)


@timeless
async def test_a_wall_between_two_services_stops_requests_and_answers() -> None:
    links = [f"checkout-{n}→payments-1" for n in (1, 2)]
    requests = {(link, "upstream") for link in links}
    answers = {(link, "downstream") for link in links}
    assert walls("checkout|payments", "both") == requests | answers
    assert walls("payments|checkout", "both") == requests | answers


@timeless
async def test_one_way_it_stops_what_the_first_named_sends() -> None:
    links = [f"checkout-{n}→payments-1" for n in (1, 2)]
    requests = {(link, "upstream") for link in links}
    answers = {(link, "downstream") for link in links}
    assert walls("checkout|payments", "forward") == requests
    assert walls("checkout|payments", "backward") == answers
    assert walls("payments|checkout", "forward") == answers
    assert walls("payments|checkout", "backward") == requests


@timeless
async def test_between_zones_it_stops_only_what_crosses_in_that_direction() -> None:
    from_a = {
        ("gateway-1→catalog-2", "upstream"), ("gateway-2→catalog-1", "downstream"),
        ("gateway-1→recommendations-1", "upstream"), ("gateway-1→checkout-2", "upstream"),
        ("gateway-2→checkout-1", "downstream"), ("checkout-1→payments-1", "upstream"),
        ("checkout-2→inventory-1", "downstream"),
    }  # fmt: skip
    other = {"upstream": "downstream", "downstream": "upstream"}
    from_b = {(link, other[stream]) for link, stream in from_a}
    assert walls("a|b", "forward") == from_a
    assert walls("b|a", "backward") == from_a
    assert walls("a|b", "backward") == from_b
    assert walls("a|b", "both") == from_a | from_b


@timeless
async def test_the_users_are_in_no_zone_so_no_wall_stops_them() -> None:
    assert not any("users" in link for link, _ in walls("a|b", "both"))


@timeless
async def test_users_faults_aim_at_the_users_only() -> None:
    assert names(toyshop().aim(FAULTS["spike"], "users")) == ["users"]
    assert refusal("spike", "gateway").code == "bad_target"


@pytest.mark.parametrize(
    ("kind", "target", "code", "hint"),
    [
        ("hang", "paymnts", "unknown_target", "did you mean payments"),
        ("hang", "users", "unknown_target", "there are: gateway-1"),
        ("hang", "network", "unknown_target", "inventory"),
        ("hang", "checkout:payments", "unknown_target", "payments"),
        ("down", "payments-1", "unknown_target", "checkout-1→payments-1"),
        ("down", "checkout-1→catalog-1", "unknown_target", "checkout-1→inventory-1"),
        ("down", "a", "bad_target", "it aims at: link, dependency"),
        ("lose_zone", "c", "unknown_target", "there are: a, b"),
        ("lose_zone", "payments", "unknown_target", "there are: a, b"),
        ("partition", "a", "bad_target", "two zones or two services"),
        ("partition", "a|c", "unknown_target", "a, b"),
        ("partition", "a|a", "bad_target", "name two"),
        ("partition", "a|payments|b", "unknown_target", ""),
        ("partition", "catalog|payments", "bad_target", ""),
        ("partition", "users|gateway", "unknown_target", "gateway"),
    ],
)
@timeless
async def test_what_is_no_target_is_answered_with_what_is(
    kind: str, target: str, code: str, hint: str
) -> None:
    error = refusal(kind, target)
    assert (error.code, error.field) == (code, "target")
    assert hint in error.hint
