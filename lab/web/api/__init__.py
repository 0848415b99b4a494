"""The HTTP API, version 1: all that the page can do, for programs.

Every route is for those whom ``guard`` lets in; labs are for those who may use them.
"""

from ninja import Router

from lab.web.api import catalogue, experiments, labs, reading, runs, steering, timing, tokens
from lab.web.api.application import Api, JsonParser, JsonRenderer, catch_errors
from lab.web.api.guard import guard


def _build() -> Api:
    api = Api(
        title="Faultline",
        version="1",
        description="Start a lab, break it, steer it, read it. Errors have one shape: "
        '{"error": {"code", "message", "field", "hint"}}.',
        docs_url=None,
        auth=guard,
        parser=JsonParser(),
        renderer=JsonRenderer(),
    )
    catch_errors(api)
    routers: tuple[Router, ...] = (
        catalogue.router,
        labs.router,
        steering.router,
        timing.router,
        reading.router,
        runs.router,
        experiments.router,
        tokens.router,
    )
    for router in routers:
        api.add_router("", router)
    return api


api = _build()
