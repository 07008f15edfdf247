from __future__ import annotations

from django.urls import path

from bihuan.web import views

app_name = "web"
SHUT = (
    "signup/", "email/", "confirm-email/", "confirm-email/<path:rest>", "password/set/",
    "password/reset/", "password/reset/<path:rest>", "login/code/<path:rest>",
)  # fmt: skip
"""What allauth offers and nobody can use here: mail is not sent, and nobody signs up."""

urlpatterns = [
    path("language/", views.choose_language, name="language"),
    path("act-for/<int:pk>/", views.act_for, name="act_for"),
    path("org-tree/", views.org_tree, name="org_tree"),
    path("send-again/", views.send_again, name="send_again"),
    path("healthz", views.healthz, name="healthz"),
    *(path(f"accounts/{route}", views.shut) for route in SHUT),
]
