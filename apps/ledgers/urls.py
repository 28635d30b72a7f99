"""Pages of the workbench that need the ledger; mounted at branch/<organisation>/."""

from django.urls import path

from .views import aid, help, home, members, reports

app_name = "ledgers"
urlpatterns = [
    path("", home.desk_home, name="desk"),
    path("members/", members.members, name="members"),
    path("members/<uuid:person>/", members.member, name="member"),
    path("members/<uuid:person>/visit/", members.visit, name="visit"),
    path("members/<uuid:person>/report/", reports.report_about, name="report_about"),
    path("members/<uuid:person>/died/", reports.report_dead, name="report_death"),
    path("aid/", aid.aid_list, name="aid"),
    path("aid/new/", aid.aid_who, name="aid_who"),
    path("aid/new/<uuid:person>/<slug:step>/", aid.aid_step, name="aid_step"),
    path("aid/<uuid:application>/verify/", aid.aid_verify, name="aid_verify"),
    path("aid/<uuid:application>/take-back/", aid.aid_take_back, name="aid_take_back"),
    path("aid/<uuid:application>/complete/", aid.aid_complete, name="aid_complete"),
    path("help/", help.help_list, name="help"),
    path("help/new/", help.help_who, name="help_who"),
    path("help/new/<uuid:person>/<slug:step>/", help.help_step, name="help_step"),
    path("help/<uuid:key>/cancel/", help.help_cancel, name="help_cancel"),
    path("report/", reports.report, name="report"),
    path("report/mine/", reports.reports, name="reports"),
    path("report/take-back/<uuid:event>/", reports.take_back, name="take_back"),
    path("report/<slug:what>/", reports.report_who, name="report_who"),
    path("report/<slug:what>/<uuid:person>/", reports.report_form, name="report_form"),
]
