from django.apps import AppConfig


class UniversityConfig(AppConfig):
    name = "apps.university"
    verbose_name = "老年大学"

    def ready(self):
        # These modules need models, which exist only once apps are ready.
        from apps.signups.kinds import plug as plug_kind  # noqa: PLC0415

        from . import life_notices, notices  # noqa: F401, PLC0415 (declare their templates)
        from .merge_rules import plug  # noqa: PLC0415
        from .services.lectures import LECTURES  # noqa: PLC0415
        from .services.places import CLASSES  # noqa: PLC0415

        plug_kind(CLASSES)
        plug_kind(LECTURES)
        plug()
