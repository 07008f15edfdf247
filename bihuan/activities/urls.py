from __future__ import annotations

from django.urls import path

from bihuan.activities.views import entry, records

app_name = "activities"
urlpatterns = [
    path("", records.record_list, name="list"),
    path("new/", entry.record, name="record"),
    path("draft/", entry.record_draft, name="draft"),
    path("draft/roll/", entry.record_roll, name="roll"),
    path("draft/files/", entry.record_files, name="files"),
    path("draft/<uuid:key>/drop/", entry.draft_drop, name="draft_drop"),
    path("<int:pk>/", records.record_detail, name="detail"),
    path("<int:pk>/change/", entry.record_change, name="change"),
    path("<int:pk>/withdraw/", records.record_withdraw, name="withdraw"),
    path("<int:pk>/files/<int:file_pk>/", records.record_file, name="file"),
]
