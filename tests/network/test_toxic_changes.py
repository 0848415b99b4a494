"""Toxics that come, change and go while connections are open, and what is bounded."""

import asyncio
import signal
import socket
import subprocess
import sys
import time

import pytest

from lab.cluster.links.network import Network
from lab.cluster.links.toxics.error import ToxicError
from tests.network.linked import LINK, add, echo, linked, opened, received_down
from tests.network.sockets import client, until

_LISTENING = """
import socket, time
sock = socket.socket(); sock.bind(("127.0.0.1", 0)); sock.listen(1024)
print(sock.getsockname()[1], flush=True)
time.sleep(60)
"""


async def test_a_toxic_acts_on_open_connections_and_its_removal_drops_nothing(
    network: Network,
) -> None:
    async with linked(network) as (_, port), client(port) as caller:
        await opened(caller)
        name = add(network, "latency", latency=3_600_000)
        caller.send(b"held for an hour")
        await until(lambda: received_down(network) > 16, "the arrival at the link")
        assert not caller.received
        network.remove_toxic(LINK, name)
        await caller.got(b"held for an hour")


async def test_what_a_removed_toxic_held_goes_through_those_behind_it(network: Network) -> None:
    async with linked(network) as (_, port):
        first = add(network, "latency", latency=3_600_000)
        add(network, "limit_data", bytes=4)
        async with client(port) as caller:
            caller.send(b"123456")
            await until(lambda: received_down(network) == 6, "the arrival at the link")
            network.remove_toxic(LINK, first)
            await caller.closed()
            assert bytes(caller.received) == b"1234"


async def test_an_update_acts_on_open_connections(network: Network) -> None:
    async with linked(network) as (_, port), client(port) as caller:
        name = add(network, "bandwidth", rate=0)
        caller.send(b"stalled")
        await until(lambda: received_down(network) == 7, "the arrival at the link")
        shown = network.update_toxic(LINK, name, {"attributes": {"rate": 1000}})
        assert shown["attributes"] == {"rate": 1000}
        await caller.got(b"stalled")


async def test_toxicity_is_rolled_once_for_each_connection() -> None:
    """Of connections that roll 0.49, 0.5 and 0.51, a toxicity of 0.5 stalls the first, wholly."""
    rolls = [0.49, 0.5, 0.51]
    network = Network(time.monotonic, lambda _: lambda: rolls.pop(0))
    async with linked(network) as (_, port):
        network.add_toxic(LINK, {"type": "bandwidth", "attributes": {"rate": 0}, "toxicity": 0.5})
        async with client(port) as stalled, client(port) as second, client(port) as third:
            for caller in (second, third):
                for _ in range(5):
                    await opened(caller)
            for sent in range(1, 6):
                stalled.send(b".")
                await until(lambda sent=sent: received_down(network) == 10 + sent)  # type: ignore[misc]
            assert not stalled.received
            network.update_toxic(LINK, "bandwidth_downstream", {"toxicity": 0.495})
            assert not stalled.received
            network.update_toxic(LINK, "bandwidth_downstream", {"toxicity": 0.49})
            await stalled.got(b".....")
    assert rolls == []
    await network.close()


async def test_a_change_of_toxicity_acts_on_open_connections(network: Network) -> None:
    async with linked(network) as (_, port), client(port) as caller:
        network.add_toxic(LINK, {"type": "bandwidth", "attributes": {"rate": 0}, "toxicity": 0.0})
        await opened(caller)
        network.update_toxic(LINK, "bandwidth_downstream", {"toxicity": 1.0})
        caller.send(b"held")
        await until(lambda: received_down(network) == 5, "the arrival at the link")
        assert not caller.received
        network.update_toxic(LINK, "bandwidth_downstream", {"toxicity": 0.0})
        await caller.got(b"held")


async def test_toxics_are_listed_found_and_refused_by_name(network: Network) -> None:
    async with linked(network):
        add(network, "latency", latency=1)
        add(network, "timeout", "upstream", timeout=1)
        names = [toxic["name"] for toxic in network.toxics(LINK)]
        assert names == ["timeout_upstream", "latency_downstream"]
        with pytest.raises(ToxicError) as twice:
            add(network, "latency", latency=1)
        assert twice.value.code == "exists"
        for missing in (
            lambda: network.remove_toxic(LINK, "bandwidth_upstream"),
            lambda: network.update_toxic(LINK, "bandwidth_upstream", {}),
        ):
            with pytest.raises(ToxicError) as caught:
                missing()
            assert caught.value.code == "not_found"
            assert caught.value.hint == "there are: latency_downstream, timeout_upstream"


async def test_reset_enables_all_and_removes_all(network: Network) -> None:
    async with linked(network) as (_, port):
        add(network, "latency", latency=3_600_000)
        async with client(port) as caller:
            caller.send(b"held")
            await until(lambda: received_down(network) == 4, "the arrival at the link")
            await network.reset()
            await caller.got(b"held")
        await network.set_enabled(LINK, enabled=False)
        await network.reset()
        await echo(port, b"works")
        assert network.toxics(LINK) == []


async def test_closing_a_held_connection_leaves_no_timer(network: Network) -> None:
    """The fixture checks that close() ends at once and leaves nothing, whatever is held."""
    async with linked(network) as (_, port):
        add(network, "latency", latency=3_600_000)
        add(network, "bandwidth", rate=1)
        add(network, "slow_close", delay=3_600_000)
        async with client(port) as caller:
            caller.send(bytes(100_000))
            await until(lambda: received_down(network) > 0, "the arrival at the link")
            started_s = time.monotonic()
            await network.close()
            assert time.monotonic() - started_s < 5.0
            await caller.closed()


async def test_orphans_are_bounded_and_the_oldest_goes_first(network: Network) -> None:
    async with linked(network) as (callee, port):
        add(network, "timeout", "upstream", timeout=0)
        for number in range(130):
            async with client(port):
                await callee.peer(number)
        await until(lambda: network.connections == 128, "the closing of two")
        await until(lambda: sum(peer.lost for peer in callee.peers) == 2, "the end of two")
        assert callee.peers[0].lost
        assert callee.peers[1].lost


async def test_callers_that_give_up_on_a_frozen_callee_are_bounded(network: Network) -> None:
    """A callee stopped by SIGSTOP never answers a FIN; its kernel still accepts connections."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LISTENING, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        port = int(await child.stdout.readline())
        child.send_signal(signal.SIGSTOP)
        link_port = await network.add(LINK, 0, port)
        for _ in range(200):
            with socket.create_connection(("127.0.0.1", link_port)) as caller:
                caller.sendall(b"hello?")
            await asyncio.sleep(0)
        await until(lambda: network.connections == 128, "the closing of the oldest")
    finally:
        child.kill()
        await child.wait()
    await until(lambda: network.connections == 0, "the end of all")


async def test_a_stalled_link_holds_a_bounded_amount(network: Network) -> None:
    offered_bytes = 50_000_000
    async with linked(network, echoes=False) as (callee, port):
        name = add(network, "bandwidth", "upstream", rate=0)
        async with client(port) as caller:
            peer = await callee.peer()
            caller.send(bytes(offered_bytes))
            size_bytes = -1
            while size_bytes != caller.transport.get_write_buffer_size():
                size_bytes = caller.transport.get_write_buffer_size()
                for _ in range(50):
                    await asyncio.sleep(0.002)
            assert size_bytes > offered_bytes * 0.6
            assert network._find(LINK).received_bytes[0] < 1_000_000
            network.remove_toxic(LINK, name)
            await until(lambda: len(peer.received) == offered_bytes, "the rest")


async def test_a_removal_that_closes_starts_no_other_toxic_anew(network: Network) -> None:
    async with linked(network) as (_, port), client(port) as caller:
        await opened(caller)
        add(network, "timeout", timeout=0)
        network.add_toxic(LINK, {"name": "other", "type": "timeout"})
        (connection,) = network._find(LINK).connections
        network.remove_toxic(LINK, "other")
        assert connection.downstream._stages == []
        await caller.closed()
