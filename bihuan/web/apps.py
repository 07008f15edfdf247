from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "bihuan.web"
    verbose_name = _("界面")

    def ready(self) -> None:
        """Let each app declare what it wants from people (`web.todos`); hang the checks."""
        import_module("bihuan.web.checks")
        autodiscover_modules("todos")
