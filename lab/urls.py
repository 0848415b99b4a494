"""Every address of the site."""

from django.urls import include, path

from lab.web.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("lab.web.urls")),
]
