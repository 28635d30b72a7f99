"""The internet side: pages for the public and for people signed in by their own right. No staff page has an address
here, and nothing of the staff side is imported by this module."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("apps.accounts.urls")),
    path("messaging/", include("apps.messaging.urls")),
    path("courses/", include("apps.university.urls")),
    path("volunteers/", include("apps.volunteers.urls")),
    path("", include("apps.portal.urls")),
]
handler400 = "apps.portal.views.bad_request"
handler403 = "apps.portal.views.permission_denied"
handler404 = "apps.portal.views.not_found"
handler500 = "apps.portal.views.server_error"
