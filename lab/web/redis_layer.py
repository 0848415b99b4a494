"""Channels' layer over Redis, with redis-py's patience brought in line with it."""

from typing import Any

from channels_redis.core import RedisChannelLayer
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisLost
from redis.exceptions import TimeoutError as RedisSilent


class RedisLayer(RedisChannelLayer):  # type: ignore[misc] # the package has no types
    """The layer of a scaled site.

    The layer waits 5 s at a time for a message, and redis-py by itself gives a read up after just
    as long, so its limit is raised. And it would try a lost server again and again for half a
    minute; here one try more is enough (for a connection that had been idle), since hosts go on by
    themselves and browsers connect again.
    """

    READ_S = 15

    def __init__(self, url: str, **config: Any) -> None:
        retry = Retry(NoBackoff(), 1)
        host = {"address": url, "socket_timeout": self.READ_S, "retry": retry}
        super().__init__(hosts=[host], **config)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Send to one channel; raise Python's own ConnectionError when Redis is away."""
        try:
            await super().send(channel, message)
        except (RedisLost, RedisSilent) as error:
            raise ConnectionError(str(error)) from error
