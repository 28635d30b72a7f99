import os

from celery import Celery
from celery.signals import worker_process_init

from cadre_portal.embedded.supervisor import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings.production")

app = Celery("cadre_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def leave_no_pool_behind(**kwargs) -> None:
    """A pool process whose worker was killed ends at once, instead of finishing a task that is redelivered."""
    end_with_parent()
