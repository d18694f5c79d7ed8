from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FillingConfig(AppConfig):
    name = "xieshou.reports.filling"
    label = "filling"
    verbose_name = _("填上级空表")
