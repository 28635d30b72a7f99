from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganisationConfig(AppConfig):
    name = "apps.organisation"
    verbose_name = "单位和区划"

    def ready(self):
        from .after_migrate import after_migrate  # noqa: PLC0415 (models must be loaded)

        post_migrate.connect(after_migrate, sender=self)
