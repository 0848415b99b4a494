"""A scaled site: Redis, PostgreSQL, two Daphne processes, two lab hosts."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.sites import environment, running
from tests.scaled.servers import RedisServer, postgresql

MAX_LABS = "2"


@dataclass(frozen=True)
class Scaled:
    """Two addresses of one site. ``host`` starts another lab host and stops it at the end."""

    first: str
    second: str
    redis: RedisServer
    host: Callable[[], AbstractContextManager[subprocess.Popen[str]]]


@pytest.fixture(scope="session")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scaled]:
    """The site without lab hosts; each test brings its own."""
    with ExitStack() as stack:
        redis = RedisServer(tmp_path_factory.mktemp("redis"))
        stack.callback(redis.stop)
        redis.start()
        shared = {
            "REDIS_URL": redis.url,
            "DATABASE_URL": stack.enter_context(postgresql()),
            "FAULTLINE_SECRET_KEY": "a secret of all processes of this test",
            "FAULTLINE_MAX_LABS": MAX_LABS,
        }

        def env(name: str) -> dict[str, str]:
            return environment(Path(tmp_path_factory.mktemp(name)), **shared)

        @contextmanager
        def host() -> Iterator[subprocess.Popen[str]]:
            with running("host", env=env("host")) as process:
                assert process.stdout is not None
                assert "is running" in process.stdout.readline()
                yield process

        sites = [
            stack.enter_context(running("lab", "--port", "0", "--no-browser", env=env(name)))
            for name in ("first", "second")
        ]
        first, second = (_url(site) for site in sites)
        yield Scaled(first, second, redis, host)


def _url(site: subprocess.Popen[str]) -> str:
    assert site.stdout is not None
    words = site.stdout.readline().split()
    return next(word for word in words if word.startswith("http://"))
