"""The HTTP API, version 1: all that the page can do, for programs."""

from ninja import NinjaAPI

api = NinjaAPI(title="Faultline", version="1", docs_url=None)
