from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "apps.registry"
    verbose_name = "老干部名册"

    def ready(self):
        from . import jobs  # noqa: F401, PLC0415 (declares job kinds; models must be loaded)
        from .after_migrate import after_migrate  # noqa: PLC0415 (models must be loaded)
        from .merge_rules import plug  # noqa: PLC0415 (models must be loaded)
        from .reporting import reminding  # noqa: F401, PLC0415 (declares its rule kind and templates)
        from .services import checks, deceased  # noqa: F401, PLC0415 (declare their job kinds)

        post_migrate.connect(after_migrate, sender=self)
        plug()
