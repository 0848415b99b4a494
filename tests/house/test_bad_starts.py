"""A bad start ends with one clear sentence on standard error and status 1."""

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sites import ROOT, environment, manage

LAB = ("lab", "--no-browser", "--port", "0")


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that was said, with nothing beside it."""
    assert (result.returncode, result.stdout) == (1, ""), result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith("Faultline cannot start: ")
    return line


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_a_way_out(taken_port: int, tmp_path: Path) -> None:
    result = manage("lab", "--port", str(taken_port), env=environment(tmp_path))

    assert f"port {taken_port} on 127.0.0.1 is already in use" in sentence(result)
    assert f"PORT={taken_port + 1}" in result.stderr


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    result = manage("lab", "--port", "0", "--host", "192.0.2.1", env=environment(tmp_path))

    assert "cannot listen on 192.0.2.1" in sentence(result)


@pytest.mark.parametrize("command", [LAB, ("host",)])
def test_a_missing_redis_is_named_without_its_password(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    env = environment(tmp_path, REDIS_URL=f"redis://:tell-no-one@127.0.0.1:{port}/0")

    result = manage(*command, env=env)

    assert f"Redis at 127.0.0.1:{port} does not answer" in sentence(result)
    assert "tell-no-one" not in result.stderr


def test_a_redis_address_that_is_none_is_named(tmp_path: Path) -> None:
    result = manage(*LAB, env=environment(tmp_path, REDIS_URL="127.0.0.1:6379"))

    assert "REDIS_URL" in sentence(result)


def test_a_missing_postgresql_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    url = f"postgres://someone:tell-no-one@127.0.0.1:{port}/faultline"

    result = manage(*LAB, env=environment(tmp_path, DATABASE_URL=url))

    assert "the database faultline on 127.0.0.1 does not answer" in sentence(result)
    assert "tell-no-one" not in result.stderr


def test_a_host_without_redis_is_told_what_it_needs(tmp_path: Path) -> None:
    result = manage("host", env=environment(tmp_path))

    assert "a host of its own needs REDIS_URL" in sentence(result)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")

    result = manage(*LAB, env=environment(in_the_way / "data"))

    assert f"the data folder {in_the_way}/data cannot be written (Not a directory)" in sentence(
        result
    )


def test_a_data_folder_without_permission_is_named(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        data = Path("/proc/sys/faultline")  # not even root may write there
        reason = "No such file or directory" if sys.platform == "linux" else ""
    else:
        data, reason = tmp_path / "closed" / "data", "Permission denied"
        data.parent.mkdir(mode=0o500)

    result = manage(*LAB, env=environment(data))

    assert f"the data folder {data} cannot be written ({reason}" in sentence(result)


def test_a_full_data_folder_is_named_with_what_it_needs(tmp_path: Path) -> None:
    """A limit on the size of files fails in the middle of a write, as a full disk does."""
    result = subprocess.run(
        [sys.executable, "manage.py", *LAB],
        cwd=ROOT,
        env=environment(tmp_path),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert f"the data folder {tmp_path} is full (it needs 4 MB free)" in sentence(result)


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only Linux's root can make a small disk"
)
def test_a_full_disk_is_named_with_what_it_needs(tmp_path: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this root may not mount")
    try:
        result = manage(*LAB, env=environment(tmp_path))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)

    assert f"the data folder {tmp_path} is full (it needs 4 MB free)" in sentence(result)
