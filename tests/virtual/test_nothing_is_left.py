"""Minutes of harm leave nothing behind: no connection, task, timer or dead process."""

import gc
from contextlib import suppress

from lab.cluster import CommandError
from lab.cluster.links.link_connection import LinkConnection
from lab.cluster.virtual.deed import Deed, VirtualTask
from lab.cluster.virtual.plug import Plug
from lab.cluster.virtual.process import VirtualProcess
from lab.cluster.virtual.server import ServerEnd
from lab.cluster.virtual.transport import ClientEnd
from tests.virtual.shop import VirtualShop, in_a_shop
from tests.virtual.test_every_fault import CASES

ROUND_S = 0.4


@in_a_shop
async def test_as_much_is_left_after_twice_the_harm(shop: VirtualShop) -> None:
    await shop.do("set_users", patience_s=0.5)
    left = []
    for _ in range(2):
        await _harm(shop)
        await shop.flows()
        await shop.next_frames(20)
        left.append(_left(shop))
    once, twice = left
    assert once["processes"] == twice["processes"] == len(shop.units())
    for what, number in twice.items():
        assert number <= once[what] * 1.2 + 10, (what, once, twice)


@in_a_shop
async def test_a_process_holds_no_more_sockets_than_its_links_have_connections(
    shop: VirtualShop,
) -> None:
    await _harm(shop)
    await shop.flows()
    await shop.next_frames(20)
    links = shop.lab.state()["links"]
    connections = {each["name"]: len(shop.the_link(each["name"]).connections) for each in links}
    for name, unit in shop.lab.crew.by_name().items():
        process = unit.process
        assert isinstance(process, VirtualProcess)
        ends = [link for link in links if name in (link["caller"], link["callee"])]
        most = sum(connections[link["name"]] for link in ends)
        if name == "network":
            most = 2 * sum(connections.values())
        assert len(process.sockets) <= most


async def _harm(shop: VirtualShop) -> None:
    """Inject every fault in turn, each while the ones before it may still be active."""
    for case in CASES:
        with suppress(CommandError):  # who is down cannot freeze
            await shop.fault(case.kind, case.target, params=case.params, duration_s=3 * ROUND_S)
        await shop.next_frames(round(ROUND_S * 10))
    await shop.next_frames(20)


def _left(shop: VirtualShop) -> dict[str, int]:
    gc.collect()
    kinds = (LinkConnection, Plug, ServerEnd, ClientEnd, Deed, VirtualTask)
    objects = gc.get_objects()
    types = [type(each) for each in objects]
    loop = shop.machine.loop
    processes = [p for p in objects if type(p) is VirtualProcess and p.loop is loop]
    return {kind.__name__: types.count(kind) for kind in kinds} | {"processes": len(processes)}
