from __future__ import annotations

from django.urls import path

from bihuan.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.record_list, name="list"),
    path("new/", views.record, name="record"),
    path("draft/", views.record_draft, name="draft"),
    path("draft/<uuid:key>/drop/", views.draft_drop, name="draft_drop"),
    path("<int:pk>/", views.record_detail, name="detail"),
    path("<int:pk>/change/", views.record_change, name="change"),
    path("<int:pk>/withdraw/", views.record_withdraw, name="withdraw"),
    path("<int:pk>/files/<int:file_pk>/", views.record_file, name="file"),
]
