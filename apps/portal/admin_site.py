"""The staff side as one site: its home page is composed here, above every room it reads from."""

from django.urls import path

from apps.accounts.staff_site import StaffAccessSite
from apps.reports.views import headcount_page


class StaffSite(StaffAccessSite):
    site_header = "老干部服务平台"
    site_title = "工作人员"
    index_title = "今日待办"

    def get_urls(self):
        return [path("headcount/", self.admin_view(headcount_page), name="headcount"), *super().get_urls()]
