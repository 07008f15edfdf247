"""The URL table: one line an app. An app that is not installed has no screens."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

PLACES = {
    "home": "",
    "ledger": "ledger/",
    "activities": "records/",
    "duties": "duties/",
    "reports": "reports/",
    "registry": "registry/",
    "administration": "",
    "web": "",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path(place, include(f"bihuan.{app}.urls"))
    for app, place in PLACES.items()
    if f"bihuan.{app}" in settings.INSTALLED_APPS and find_spec(f"bihuan.{app}.urls")
]
urlpatterns += [path("accounts/", include("allauth.urls"))]

handler400 = "bihuan.web.views.bad_request"
handler403 = "bihuan.web.views.forbidden"
handler404 = "bihuan.web.views.not_found"
handler500 = "bihuan.web.views.server_error"
