from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    name = "apps.common"
    verbose_name = "公共部件"

    def ready(self):
        from . import checks  # noqa: F401, PLC0415 (registers system checks)
        from .after_migrate import after_migrate  # noqa: PLC0415 (models must be loaded)

        post_migrate.connect(after_migrate, sender=self)
