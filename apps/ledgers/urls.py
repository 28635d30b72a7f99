"""Pages of the workbench that need the ledger; mounted at branch/<organisation>/."""

from django.urls import path

from .views import home, members, reports

app_name = "ledgers"
urlpatterns = [
    path("", home.desk_home, name="desk"),
    path("members/", members.members, name="members"),
    path("members/<uuid:person>/", members.member, name="member"),
    path("members/<uuid:person>/visit/", members.visit, name="visit"),
    path("members/<uuid:person>/report/", reports.report_about, name="report_about"),
    path("members/<uuid:person>/died/", reports.report_dead, name="report_death"),
    path("report/", reports.report, name="report"),
    path("report/mine/", reports.reports, name="reports"),
    path("report/take-back/<uuid:event>/", reports.take_back, name="take_back"),
    path("report/<slug:what>/", reports.report_who, name="report_who"),
    path("report/<slug:what>/<uuid:person>/", reports.report_form, name="report_form"),
]
