"""The pages. Each view says who may use it; the API has its own addresses in ``api``."""

from django.urls import path

from lab.web import pages, run_pages

app_name = "web"

urlpatterns = [
    path("", pages.home, name="home"),
    path("lab/", pages.newest, name="newest"),
    path("labs/", pages.start, name="start"),
    path("labs/<uuid:lab_id>/", pages.lab, name="lab"),
    path("labs/<uuid:lab_id>/twins/", pages.twins, name="twins"),
    path("runs/", run_pages.listed, name="runs"),
    path("runs/<uuid:run_id>/", run_pages.replay, name="run"),
    path("api/<path:rest>", pages.no_such_api),  # what the API itself did not match
]
