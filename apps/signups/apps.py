from django.apps import AppConfig


class SignupsConfig(AppConfig):
    name = "apps.signups"
    verbose_name = "报名和名额"

    def ready(self):
        from .merge_rules import plug  # noqa: PLC0415 (models must be loaded)

        plug()
