from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "bihuan.measures"
    verbose_name = _("口径")

    def ready(self) -> None:
        autodiscover_modules("measures")
