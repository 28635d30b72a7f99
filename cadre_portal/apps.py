from django.contrib.admin.apps import AdminConfig

# Imported with the first installed app, so that every Django process publishes tasks through our Celery app.
from .celery import app as celery_app

__all__ = ["StaffAdminConfig", "celery_app"]


class StaffAdminConfig(AdminConfig):
    """The stock admin with our site class: home page, sign-in and index of staff."""

    default_site = "apps.portal.admin_site.StaffSite"
