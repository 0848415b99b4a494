"""A link without toxics: a TCP proxy whose port refuses when it should."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from lab.cluster.links.network import Network
from lab.cluster.links.toxics.error import ToxicError
from tests.network.sockets import Peer, client, until, upstream


def reserve() -> socket.socket:
    """Bind a port and never listen, as the supervisor does."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("127.0.0.1", 0))
    return sock


async def is_refused(port: int) -> bool:
    try:
        async with client(port):
            return False
    except ConnectionRefusedError:
        return True


async def test_bytes_pass_both_ways_and_are_counted_once(network: Network) -> None:
    async with upstream(echoes=True) as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            caller.send(b"ping")
            await caller.got(b"ping")
        assert network.take_bytes() == {"a→b": (4, 4)}
        assert network.take_bytes() == {}


async def test_what_is_sent_before_the_upstream_is_connected_arrives(network: Network) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(b"at once")
            caller.shutdown(socket.SHUT_WR)
            peer = await callee.peer()
            await peer.got(b"at once")
            await until(lambda: peer.ended, "the FIN")


async def test_half_close_leaves_the_answer_its_way(network: Network) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            caller.send(b"question")
            caller.transport.write_eof()
            peer = await callee.peer()
            await until(lambda: peer.ended, "the FIN")
            await peer.got(b"question")
            peer.send(b"answer")
            await caller.got(b"answer")
            assert not caller.ended
            peer.transport.write_eof()
            await until(lambda: caller.ended, "the FIN of the answer")
        await until(lambda: network.connections == 0)


async def test_a_lost_callee_closes_the_caller_after_its_last_bytes(network: Network) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            peer = await callee.peer()
            peer.send(b"last words")
            peer.transport.close()
            await caller.closed()
            assert bytes(caller.received) == b"last words"
            caller.transport.close()
        await until(lambda: network.connections == 0)


async def test_a_callee_that_resets_takes_the_whole_connection_with_it(
    network: Network,
) -> None:
    """The caller leaves its side open after the FIN, as for a half-close; it is closed anyway."""
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            peer = await callee.peer()
            peer.reset()
            await until(lambda: caller.ended, "the FIN")
            await until(lambda: network.connections == 0, "the end of the connection")


async def test_a_caller_that_goes_away_ends_the_callees_connection(network: Network) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port):
            peer = await callee.peer()
        await peer.closed()


async def test_without_an_upstream_the_caller_is_closed(network: Network) -> None:
    with reserve() as nobody:
        port = await network.add("a→b", 0, nobody.getsockname()[1])
        async with client(port) as caller:
            caller.send(b"hello?")
            await caller.closed()
            assert not caller.received
        await until(lambda: network.connections == 0)


async def test_an_upstream_told_down_is_really_refused_and_keeps_its_port(
    network: Network,
) -> None:
    async with upstream(echoes=True) as callee:
        with reserve() as reservation:
            port = reservation.getsockname()[1]
            await network.add("a→b", port, callee.port)
            async with client(port) as caller:
                await network.set_upstream("a→b", up=False)
                assert await is_refused(port)
                caller.send(b"still open")
                await caller.got(b"still open")
            await network.set_upstream("a→b", up=True)
            assert not await is_refused(port)


async def test_a_link_may_begin_down(network: Network) -> None:
    async with upstream() as callee:
        with reserve() as first, reserve() as second:
            ports = [sock.getsockname()[1] for sock in (first, second)]
            await network.add("a→b", ports[0], callee.port, up=False)
            await network.add("a→c", ports[1], callee.port, enabled=False)
            assert [await is_refused(port) for port in ports] == [True, True]
            await network.set_upstream("a→b", up=True)
            await network.set_enabled("a→c", enabled=True)
            assert [await is_refused(port) for port in ports] == [False, False]


async def test_disabling_sends_fin_and_refuses_and_enabling_keeps_the_port(
    network: Network,
) -> None:
    async with upstream(echoes=True) as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            caller.send(b"before")
            await caller.got(b"before")
            await network.set_enabled("a→b", enabled=False)
            await caller.closed()
            assert caller.error is None, "a FIN, not a RST"
            assert (await callee.peer()).error is None
            assert await is_refused(port)
        await network.set_enabled("a→b", enabled=True)
        async with client(port) as caller:
            caller.send(b"after")
            await caller.got(b"after")


async def test_enabling_a_link_whose_upstream_is_down_does_not_listen(network: Network) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port, up=True)
        await network.set_upstream("a→b", up=False)
        await network.set_enabled("a→b", enabled=False)
        await network.set_enabled("a→b", enabled=True)
        assert await is_refused(port)


async def test_changes_that_overtake_one_another_end_as_the_last_one_says(
    network: Network,
) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        await asyncio.gather(
            *(network.set_enabled("a→b", enabled=bool(n % 2)) for n in range(20)),
            *(network.set_upstream("a→b", up=bool(n % 2)) for n in range(20)),
        )
        assert not await is_refused(port)


async def test_a_removed_link_is_gone(network: Network) -> None:
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            await callee.peer()
            await network.remove("a→b")
            await caller.closed()
        assert network.connections == 0
        assert await is_refused(port)
        with pytest.raises(ToxicError, match="there is no link 'a→b'"):
            await network.remove("a→b")


async def test_names_are_checked(network: Network) -> None:
    await network.add("gateway-1→catalog-1", 0, 1)
    with pytest.raises(ToxicError) as twice:
        await network.add("gateway-1→catalog-1", 0, 1)
    assert twice.value.code == "exists"
    with pytest.raises(ToxicError) as missing:
        network.toxics("gateway-1→catalog-2")
    assert (missing.value.code, missing.value.field) == ("not_found", "link")
    assert missing.value.hint == "did you mean gateway-1→catalog-1?"


async def test_a_taken_port_is_an_os_error_and_adds_nothing(network: Network) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await network.add("a→b", taken.getsockname()[1], 1)
    await network.add("a→b", 0, 1)


async def test_a_target_that_does_not_read_stops_the_source(network: Network) -> None:
    """50 MB are offered; what the proxy and both kernels take in is a fraction of it."""
    offered_bytes = 50_000_000
    async with upstream() as callee:
        port = await network.add("a→b", 0, callee.port)
        async with client(port) as caller:
            peer = await callee.peer()
            peer.transport.pause_reading()
            caller.send(bytes(offered_bytes))
            left_bytes = await settled(caller)
            assert left_bytes > offered_bytes * 0.6
            peer.transport.resume_reading()
            await until(lambda: len(peer.received) == offered_bytes, "the rest")


async def settled(caller: Peer) -> int:
    """Return the size of the caller's write buffer once it has stopped to shrink."""
    size_bytes = -1
    while size_bytes != caller.transport.get_write_buffer_size():
        size_bytes = caller.transport.get_write_buffer_size()
        for _ in range(50):
            await asyncio.sleep(0.002)
    return size_bytes


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
async def test_a_thousand_connections_leave_no_file_and_no_task(network: Network) -> None:
    async with upstream(echoes=True) as callee:
        port = await network.add("a→b", 0, callee.port)
        files, tasks = open_files(), len(asyncio.all_tasks())
        for _ in range(10):
            await asyncio.gather(*(_call(port) for _ in range(100)))
        await until(lambda: network.connections == 0, "the end of all connections")
        await until(lambda: all(peer.lost for peer in callee.peers), "the end of all peers")
        await until(lambda: open_files() <= files, "the end of all sockets")
        assert len(asyncio.all_tasks()) == tasks
        assert network.take_bytes() == {"a→b": (5_000, 5_000)}


async def _call(port: int) -> None:
    async with client(port) as caller:
        caller.send(b"hello")
        await caller.got(b"hello")


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a Path would open a file to count


async def test_a_thousand_callers_that_vanish_at_once_leave_nothing(network: Network) -> None:
    with reserve() as nobody:
        port = await network.add("a→b", 0, nobody.getsockname()[1])
        for _ in range(20):
            for _ in range(50):
                with socket.create_connection(("127.0.0.1", port)):
                    pass
            await asyncio.sleep(0)
        await until(lambda: network.connections == 0, "the end of all connections")
