"""The one shape of an error, over HTTP and the websocket."""

from collections.abc import Mapping

STATUS: Mapping[str, int] = {
    "malformed": 400,
    "who_are_you": 401,
    "forbidden": 403,
    "not_found": 404,
    "not_kept": 404,
    "not_allowed": 405,
    "one_lab_only": 409,
    "one_experiment_only": 409,
    "no_result": 409,
    "too_many_labs": 409,
    "too_many_runs": 409,
    "live_run": 409,
    "not_running": 409,
    "live": 409,
    "not_recorded": 409,
    "has_twin": 409,
    "no_twin": 409,
    "replaying": 409,
    "ended": 409,
    "stopped": 410,
    "too_large": 413,
    "too_fast": 429,
    "broken": 500,
    "busy": 503,
    "no_room": 503,
    "host_lost": 503,
    "layer_lost": 503,
    "too_slow": 504,
}
INVALID = 422


class Problem(Exception):
    """Something asked for cannot be done. ``code`` is for programs, the rest for people.

    ``field`` names the part of the request that is to blame; ``hint`` says what to do next.
    ``retry_after_s`` is when asking again may help; ``also`` goes beside the error in the answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        hint: str | None = None,
        retry_after_s: int | None = None,
        also: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.retry_after_s = retry_after_s
        self.also = also or {}

    @property
    def status(self) -> int:
        """The HTTP status; what the cluster itself refuses is 422 unless listed."""
        return STATUS.get(self.code, INVALID)

    def plain(self) -> dict[str, str | None]:
        """As it is sent."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "hint": self.hint,
        }
