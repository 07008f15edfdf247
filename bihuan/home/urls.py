from __future__ import annotations

from django.urls import path

from bihuan.home import views

app_name = "home"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("about-me/", views.about_me, name="about_me"),
]
