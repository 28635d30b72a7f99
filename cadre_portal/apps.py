from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """The stock admin with our site class: home page, sign-in and index of staff."""

    default_site = "apps.common.admin_site.StaffSite"
