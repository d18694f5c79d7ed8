from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatementsConfig(AppConfig):
    name = "xieshou.channels.statements"
    label = "statements"
    verbose_name = _("统计表")
