from django.urls import path

from . import aid, classes, farewell, join, leaves, views

# Named in the portal's own namespace.
urlpatterns = [
    path("", views.home, name="me"),
    path("who/", views.who, name="me_who"),
    path("carer/", views.carer, name="me_carer"),
    path("promises/", views.promised, name="me_promises"),
    path("say/", views.say_words, name="me_say"),
    path("calendar/", views.own_calendar, name="me_calendar"),
    path("calendar/calendar.ics", views.calendar_file, name="me_calendar_file"),
    path("health/", views.own_health, name="me_health"),
    path("classes/", classes.home, name="me_classes"),
    path("classes/join/<uuid:key>/", join.begin, name="me_join"),
    path("classes/join/<uuid:key>/<slug:step>/", join.step, name="me_join_step"),
    path("classes/sign-up/<uuid:key>/", classes.sign_up, name="me_sign_up"),
    path("classes/sign-up/<uuid:key>/<slug:act>/", classes.act, name="me_sign_up_act"),
    path("classes/ticket/<uuid:key>/", classes.ticket, name="me_ticket"),
    path("classes/ticket/<uuid:key>/change/", classes.change_ticket, name="me_ticket_change"),
    path("classes/ticket/<uuid:key>/withdraw/", classes.withdraw_ticket, name="me_ticket_withdraw"),
    path("leave/", leaves.leave, name="me_leave"),
    path("leave/<uuid:key>/", leaves.end, name="me_leave_end"),
    path("change/", views.change, name="me_change"),
    path("change/phone/", views.change_phone, name="me_change_phone"),
    path("change/address/", views.change_address, name="me_change_address"),
    path("change/take-back/", views.take_back, name="me_take_back"),
    path("aid/", aid.home, name="me_aid"),
    path("aid/take-back/", aid.take_back, name="me_aid_take_back"),
    path("aid/complete/", aid.complete, name="me_aid_complete"),
    path("aid/new/<slug:step>/", aid.step, name="me_aid_step"),
    path("family/", views.family, name="me_family"),
    path("grant/", views.own_grant, name="me_grant"),
    path("farewell/", farewell.farewell, name="me_farewell"),
    path("farewell/<uuid:key>/", farewell.farewell_sheet, name="me_farewell_sheet"),
    path("looks/", views.looked_at, name="me_looks"),
]
