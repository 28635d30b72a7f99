"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/."""

from django.urls import path

from .views import drafts, meeting_steps, meetings

app_name = "branches"
urlpatterns = [
    path("draft/<slug:form>/", drafts.draft, name="draft"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meeting_steps.meeting_new, name="meeting_new"),
    path("meetings/new/<slug:step>/", meeting_steps.meeting_step, name="meeting_step"),
    path("meetings/<uuid:meeting>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:meeting>/change/<slug:step>/", meeting_steps.meeting_change, name="meeting_change"),
    path("meetings/<uuid:meeting>/undo/", meetings.meeting_undo, name="meeting_undo"),
    path("meetings/<uuid:meeting>/void/", meetings.meeting_void, name="meeting_void"),
    path("meetings/<uuid:meeting>/restore/", meetings.meeting_restore, name="meeting_restore"),
    path("meetings/<uuid:meeting>/photos/", meetings.photo_add, name="photo_add"),
    path("meetings/<uuid:meeting>/photos/<uuid:photo>/", meetings.photo, name="photo"),
    path("meetings/<uuid:meeting>/photos/<uuid:photo>/remove/", meetings.photo_remove, name="photo_remove"),
]
