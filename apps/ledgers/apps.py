from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "apps.ledgers"
    verbose_name = "一人一策台账"
