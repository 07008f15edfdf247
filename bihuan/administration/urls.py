from __future__ import annotations

from django.urls import path

from bihuan.administration.views import chain, grants

app_name = "administration"
urlpatterns = [
    path("audit/", chain.entry_list, name="entries"),
    path("audit/<int:pk>/", chain.entry, name="entry"),
    path("audit/export/", chain.export, name="export"),
    path("grants/", grants.grant_list, name="grants"),
    path("grants/give/", grants.grant_give, name="grant_give"),
    path("grants/<int:pk>/end/", grants.grant_end, name="grant_end"),
]
