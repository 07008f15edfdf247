from __future__ import annotations

from django.urls import path

from bihuan.ledger import views

app_name = "ledger"
urlpatterns = [
    path("<int:pk>/", views.overview, name="overview"),
    path("<int:pk>/owed/", views.owed, name="owed"),
    path("<int:pk>/units/", views.units, name="units"),
    path("<int:pk>/months/", views.months, name="months"),
    path("<int:pk>/gaps/", views.gaps, name="gaps"),
    path("<int:pk>/remind/", views.remind_org, name="remind"),
    path("<int:pk>/cells/", views.cells, name="cells"),
    path("<int:pk>/cells/<int:line>/<int:index>/", views.cell, name="cell"),
    path("<int:pk>/exempt/", views.exempt, name="exempt"),
    path("exemptions/<int:pk>/withdraw/", views.exemption_withdraw, name="exemption_withdraw"),
    path("<int:pk>/complete/<int:duty_pk>/", views.complete, name="complete"),
    path("completions/<int:pk>/file/", views.completion_file, name="completion_file"),
]
