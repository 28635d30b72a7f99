from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "apps.volunteers"
    verbose_name = "志愿服务"

    def ready(self):
        # These modules need models, which exist only once apps are ready.
        from apps.registry import life  # noqa: PLC0415
        from apps.signups.kinds import plug as plug_kind  # noqa: PLC0415

        from . import (  # noqa: F401, PLC0415 (they declare their templates)
            bank_notices,
            help_notices,
            proof_notices,
            shift_notices,
            talk_notices,
        )
        from .merge_rules import plug  # noqa: PLC0415  # noqa: PLC0415  # noqa: PLC0415  # noqa: PLC0415
        from .services import passbooks  # noqa: F401, PLC0415 (declares its job)
        from .services.life import close_by_death  # noqa: PLC0415
        from .services.places import SHIFTS  # noqa: PLC0415

        life.handlers.append(close_by_death)
        plug_kind(SHIFTS)
        plug()
