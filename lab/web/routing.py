"""The websockets of the site."""

from django.urls import path

from lab.web.consumers import lab_socket

websocket_urlpatterns = [path("ws/labs/<uuid:lab_id>", lab_socket)]
