from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "apps.people"
    verbose_name = "人员"

    def ready(self):
        # These modules need models, which exist only once apps are ready.
        from .merge_rules import plug  # noqa: PLC0415 (models must be loaded)

        plug()
