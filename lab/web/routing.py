"""The websockets of the site."""

from typing import Any, cast

from django.urls import path

from lab.web.consumers import lab_socket
from lab.web.experiment_socket import experiment_socket

websocket_urlpatterns = [
    path("ws/labs/<uuid:lab_id>", cast("Any", lab_socket)),  # an ASGI application, not a view
    path("ws/experiments/<uuid:key>", cast("Any", experiment_socket)),
]
