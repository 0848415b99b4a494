"""Toxics on links between real sockets: what only the whole can get wrong."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from lab.cluster.network import Network
from lab.cluster.toxics.error import ToxicError
from tests.network.sockets import Peer, Upstream, client, until, upstream

LINK = "a→b"


@asynccontextmanager
async def linked(network: Network, *, echoes: bool = True) -> AsyncIterator[tuple[Upstream, int]]:
    async with upstream(echoes=echoes) as callee:
        yield callee, await network.add(LINK, 0, callee.port)


def add(network: Network, kind: str, stream: str = "downstream", **attributes: int) -> str:
    toxic = {"type": kind, "stream": stream, "attributes": attributes}
    return str(network.add_toxic(LINK, toxic)["name"])


async def opened(caller: Peer) -> None:
    caller.send(b".")
    await caller.got(b".")
    caller.received.clear()


async def is_reset(caller: Peer) -> bool:
    await until(lambda: caller.ended or caller.lost, "the end")
    return isinstance(caller.error, ConnectionResetError)


async def test_latency_is_pipelined_and_leaves_connecting_alone(network: Network) -> None:
    """40 chunks under 0.5 s each: one after another they would take 20 s."""
    async with linked(network) as (_, port):
        add(network, "latency", latency=500)
        started_s = time.monotonic()
        async with client(port) as caller:
            assert time.monotonic() - started_s < 0.5
            sent_s = []
            for n in range(40):
                sent_s.append(time.monotonic())
                caller.send(b"%02d" % n)
                await asyncio.sleep(0)
            await caller.got(b"".join(b"%02d" % n for n in range(40)))
            assert caller.chunks[0][0] - sent_s[0] >= 0.499
            assert caller.chunks[-1][0] - sent_s[-1] < 5.0


async def test_latencies_on_both_streams_and_in_one_chain_add_up(network: Network) -> None:
    async with linked(network) as (_, port):
        add(network, "latency", latency=60)
        add(network, "latency", "upstream", latency=50)
        network.add_toxic(LINK, {"name": "more", "type": "latency", "attributes": {"latency": 40}})
        async with client(port) as caller:
            started_s = time.monotonic()
            caller.send(b"x")
            await caller.got(b"x")
            assert time.monotonic() - started_s >= 0.149


async def test_a_toxic_acts_on_open_connections_and_its_removal_drops_nothing(
    network: Network,
) -> None:
    async with linked(network) as (_, port), client(port) as caller:
        await opened(caller)
        name = add(network, "latency", latency=3_600_000)
        caller.send(b"held for an hour")
        await until(lambda: _received_down(network) > 16, "the arrival at the link")
        assert not caller.received
        network.remove_toxic(LINK, name)
        await caller.got(b"held for an hour")


def _received_down(network: Network) -> int:
    return network._find(LINK).received_bytes[1]


async def test_what_a_removed_toxic_held_goes_through_those_behind_it(network: Network) -> None:
    async with linked(network) as (_, port):
        first = add(network, "latency", latency=3_600_000)
        add(network, "limit_data", bytes=4)
        async with client(port) as caller:
            caller.send(b"123456")
            await until(lambda: _received_down(network) == 6, "the arrival at the link")
            network.remove_toxic(LINK, first)
            await caller.closed()
            assert bytes(caller.received) == b"1234"


async def test_an_update_acts_on_open_connections(network: Network) -> None:
    async with linked(network) as (_, port), client(port) as caller:
        name = add(network, "bandwidth", rate=0)
        caller.send(b"stalled")
        await until(lambda: _received_down(network) == 7, "the arrival at the link")
        shown = network.update_toxic(LINK, name, {"attributes": {"rate": 1000}})
        assert shown["attributes"] == {"rate": 1000}
        await caller.got(b"stalled")


async def test_bandwidth_is_that_of_each_connection(network: Network) -> None:
    """Ten connections move 20 KB each at 100 KB/s in the time of one (0.2 s), not of ten."""
    async with linked(network) as (_, port):
        add(network, "bandwidth", rate=100)
        started_s = time.monotonic()
        await asyncio.gather(*(_echo(port, bytes(20_000)) for _ in range(10)))
        assert 0.199 <= time.monotonic() - started_s < 1.5


async def _echo(port: int, data: bytes) -> None:
    async with client(port) as caller:
        caller.send(data)
        await caller.got(data)


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


async def test_slow_close_delays_the_fin_and_nothing_else(network: Network) -> None:
    async with linked(network, echoes=False) as (callee, port):
        name = add(network, "slow_close", delay=3_600_000)
        async with client(port) as caller:
            peer = await callee.peer()
            peer.send(b"at once")
            peer.transport.write_eof()
            await caller.got(b"at once")
            caller.send(b"the other way too")
            await peer.got(b"the other way too")
            assert not caller.ended
            network.remove_toxic(LINK, name)
            await until(lambda: caller.ended, "the FIN")


async def test_timeout_drops_data_and_closes_after_the_last_byte(network: Network) -> None:
    async with linked(network) as (_, port):
        add(network, "timeout", timeout=100)
        async with client(port) as caller:
            for _ in range(5):
                caller.send(b"lost")
                await until(lambda: not caller.transport.get_write_buffer_size())
            sent_s = time.monotonic()
            await caller.closed()
            assert time.monotonic() - sent_s >= 0.09
            assert not caller.received
            assert caller.error is None


async def test_a_black_hole_without_end_closes_only_on_removal(network: Network) -> None:
    async with linked(network) as (callee, port), client(port) as caller:
        await opened(caller)
        name = add(network, "timeout", "upstream", timeout=0)
        caller.send(b"lost")
        await until(lambda: network._find(LINK).received_bytes[0] == 5, "the arrival")
        assert not caller.ended
        network.remove_toxic(LINK, name)
        await caller.closed()
        assert bytes((await callee.peer()).received) == b"."


async def test_a_black_hole_hides_that_the_caller_has_left(network: Network) -> None:
    async with linked(network) as (callee, port):
        add(network, "timeout", "upstream", timeout=0)
        async with client(port):
            peer = await callee.peer()
        await until(lambda: len(network._find(LINK)._orphans) == 1, "the orphan")
        assert not peer.ended
        assert network.connections == 1


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


async def test_reset_peer_waits_for_the_first_byte_and_resets_both_sides(
    network: Network,
) -> None:
    async with linked(network) as (callee, port):
        add(network, "reset_peer", "upstream", timeout=0)
        async with client(port) as caller, client(port) as silent:
            peer = await callee.peer()
            await callee.peer(1)
            caller.send(b"x")
            assert await is_reset(caller)
            assert await is_reset(peer)
            assert not peer.received
            assert not silent.lost


async def test_reset_peer_with_toxicity_zero_does_not_reset(network: Network) -> None:
    async with linked(network) as (_, port):
        network.add_toxic(LINK, {"type": "reset_peer", "toxicity": 0})
        async with client(port) as caller:
            await opened(caller)
            caller.transport.write_eof()
            await caller.closed()
            assert caller.error is None


@pytest.mark.parametrize("limit_bytes", [1, 7, 100_000])
async def test_limit_data_is_exact_on_each_connection(network: Network, limit_bytes: int) -> None:
    async with linked(network) as (_, port):
        add(network, "limit_data", bytes=limit_bytes)
        for _ in range(2):
            async with client(port) as caller:
                caller.send(bytes(150_000))
                await caller.closed()
                assert len(caller.received) == limit_bytes


async def test_the_close_of_limit_data_stays_behind_the_data_in_later_toxics(
    network: Network,
) -> None:
    async with linked(network) as (_, port):
        add(network, "limit_data", bytes=4)
        add(network, "latency", latency=50)
        async with client(port) as caller:
            caller.send(b"123456")
            await caller.closed()
            assert bytes(caller.received) == b"1234"


async def test_slices_arrive_one_by_one_and_whole(network: Network) -> None:
    async with linked(network) as (_, port):
        add(network, "slicer", average_size=10, size_variation=2, delay=1_000)
        data = bytes(range(200))
        async with client(port) as caller:
            caller.send(data)
            await caller.got(data)
            assert len(caller.chunks) > 10


async def test_seven_toxics_in_a_chain_on_both_streams(network: Network) -> None:
    async with linked(network) as (_, port):
        for stream in ("upstream", "downstream"):
            add(network, "latency", stream, latency=5, jitter=3)
            add(network, "slicer", stream, average_size=50, size_variation=10)
            add(network, "bandwidth", stream, rate=1000)
            add(network, "slow_close", stream, delay=5)
            add(network, "limit_data", stream, bytes=1_000_000)
            for kind in ("reset_peer", "timeout"):
                network.add_toxic(LINK, {"type": kind, "stream": stream, "toxicity": 0.0})
        data = os.urandom(20_000)
        async with client(port) as caller:
            caller.send(data)
            await caller.got(data)
            caller.transport.write_eof()
            await until(lambda: caller.ended, "the FIN through both chains")
        await until(lambda: network.connections == 0)


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
                await until(lambda sent=sent: _received_down(network) == 10 + sent)  # type: ignore[misc]
            assert not stalled.received
    assert rolls == []
    await network.close()


async def test_a_change_of_toxicity_keeps_the_roll(network: Network) -> None:
    """A connection rolls 0.x once: raising the toxicity to 1 includes it, lowering to 0 frees."""
    async with linked(network) as (_, port), client(port) as caller:
        await opened(caller)
        network.add_toxic(LINK, {"type": "bandwidth", "attributes": {"rate": 0}, "toxicity": 0.0})
        await opened(caller)
        network.update_toxic(LINK, "bandwidth_downstream", {"toxicity": 1.0})
        caller.send(b"held")
        await until(lambda: _received_down(network) == 6, "the arrival at the link")
        assert not caller.received
        network.update_toxic(LINK, "bandwidth_downstream", {"toxicity": 0.0})
        await caller.got(b"held")


async def test_a_toxic_of_one_stream_leaves_the_other_alone(network: Network) -> None:
    async with linked(network, echoes=False) as (callee, port):
        add(network, "bandwidth", "upstream", rate=0)
        async with client(port) as caller:
            caller.send(b"stalled")
            peer = await callee.peer()
            peer.send(b"passes")
            await caller.got(b"passes")
            assert not peer.received


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
            await until(lambda: _received_down(network) == 4, "the arrival at the link")
            await network.reset()
            await caller.got(b"held")
        await network.set_enabled(LINK, enabled=False)
        await network.reset()
        await _echo(port, b"works")
        assert network.toxics(LINK) == []


async def test_closing_a_held_connection_leaves_no_timer(network: Network) -> None:
    """The fixture checks that close() ends at once and leaves nothing, whatever is held."""
    async with linked(network) as (_, port):
        add(network, "latency", latency=3_600_000)
        add(network, "bandwidth", rate=1)
        add(network, "slow_close", delay=3_600_000)
        async with client(port) as caller:
            caller.send(bytes(100_000))
            await until(lambda: _received_down(network) > 0, "the arrival at the link")
            started_s = time.monotonic()
            await network.close()
            assert time.monotonic() - started_s < 5.0
            await caller.closed()


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


_LISTENING = """
import socket, time
sock = socket.socket(); sock.bind(("127.0.0.1", 0)); sock.listen(1024)
print(sock.getsockname()[1], flush=True)
time.sleep(60)
"""
