from django.contrib import admin


class StaffSite(admin.AdminSite):
    site_header = "老干部服务平台"
    site_title = "工作人员"
    index_title = "今日待办"
    enable_nav_sidebar = False
