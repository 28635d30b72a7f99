from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "apps.reminders"
    verbose_name = "提醒"

    def ready(self):
        # Declares the rule kind and the templates of the messages.
        from . import rules  # noqa: F401, PLC0415 - apps must be loaded first
        from .merge_rules import plug  # noqa: PLC0415 (the same)

        plug()
