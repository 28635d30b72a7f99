from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "apps.messaging"
    verbose_name = "消息"

    def ready(self):
        # Declares the rule kind of sending.
        from . import rules  # noqa: F401, PLC0415 - apps must be loaded first
        from .merge_rules import plug  # noqa: PLC0415 (the same)

        plug()
