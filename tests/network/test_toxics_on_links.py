"""Toxics on links between real sockets: what only the whole can get wrong."""

import asyncio
import os
import time

import pytest

from lab.cluster.links.network import Network
from tests.network.linked import LINK, add, echo, linked, opened
from tests.network.sockets import Peer, client, until


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


async def test_bandwidth_is_that_of_each_connection(network: Network) -> None:
    """Ten connections move 20 KB each at 100 KB/s in the time of one (0.2 s), not of ten."""
    async with linked(network) as (_, port):
        add(network, "bandwidth", rate=100)
        started_s = time.monotonic()
        await asyncio.gather(*(echo(port, bytes(20_000)) for _ in range(10)))
        assert 0.199 <= time.monotonic() - started_s < 1.5


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


async def test_a_toxic_of_one_stream_leaves_the_other_alone(network: Network) -> None:
    async with linked(network, echoes=False) as (callee, port):
        add(network, "bandwidth", "upstream", rate=0)
        async with client(port) as caller:
            caller.send(b"stalled")
            peer = await callee.peer()
            peer.send(b"passes")
            await caller.got(b"passes")
            assert not peer.received
