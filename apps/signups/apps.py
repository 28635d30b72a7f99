from django.apps import AppConfig


class SignupsConfig(AppConfig):
    name = "apps.signups"
    verbose_name = "报名和名额"

    def ready(self):
        # These modules need models, which exist only once apps are ready.
        from apps.registry import life  # noqa: PLC0415

        from . import draw_notices  # noqa: F401, PLC0415 (its words are declared by being read)
        from .merge_rules import plug  # noqa: PLC0415
        from .services.life import close_by_death  # noqa: PLC0415

        life.handlers.append(close_by_death)
        plug()
