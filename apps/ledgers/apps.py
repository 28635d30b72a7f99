from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgersConfig(AppConfig):
    name = "apps.ledgers"
    verbose_name = "一人一策台账"

    def ready(self):
        # These modules need models, which exist only once apps are ready.
        from apps.registry import life, scopes  # noqa: PLC0415

        from .access import cared_for  # noqa: PLC0415
        from .library import load_measures  # noqa: PLC0415
        from .merge_rules import plug  # noqa: PLC0415 (models must be loaded)
        from .services import twins  # noqa: F401, PLC0415 (declares its job kind)
        from .services.aftermath import follow_death  # noqa: PLC0415
        from .services.family import end_by_death  # noqa: PLC0415
        from .services.life import handle_life_event  # noqa: PLC0415
        from .services.targets import end_targets  # noqa: PLC0415

        scopes.scopes.append(cared_for)
        life.handlers.append(handle_life_event)
        life.handlers.append(end_by_death)
        life.handlers.append(end_targets)
        life.handlers.append(follow_death)
        post_migrate.connect(load_measures, sender=self)
        plug()
