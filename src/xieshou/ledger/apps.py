from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "xieshou.ledger"
    label = "ledger"
    verbose_name = _("台账")

    def ready(self) -> None:
        from xieshou.ledger import checks, triggers  # models are loaded only now

        checks.register_checks()
        post_migrate.connect(triggers.stand_after_migrate, sender=self)
