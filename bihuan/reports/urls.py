from __future__ import annotations

from django.urls import path

from bihuan.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.briefing_list, name="list"),
    path("new/", views.briefing_new, name="new"),
    path("measures/", views.measure_list, name="measures"),
    path("<int:pk>/", views.briefing_detail, name="detail"),
    path("<int:pk>/docx/", views.briefing_docx, name="docx"),
    path("<int:pk>/numbers/<int:place>/", views.briefing_number, name="number"),
]
