from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "apps.branches"
    verbose_name = "党组织"

    def ready(self):
        from apps.registry import life, scopes  # noqa: PLC0415 (models must be loaded)

        from .access import secretary_scope  # noqa: PLC0415 (the same)
        from .merge_rules import plug  # noqa: PLC0415 (models must be loaded)
        from .services import close_by_death  # noqa: PLC0415 (the same)

        scopes.scopes.append(secretary_scope)
        life.handlers.append(close_by_death)
        plug()
