from django.urls import path

from apps.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("courses/", views.courses, name="courses"),
    path("activities/", views.activities, name="activities"),
    path("help/", views.article, {"name": "help"}, name="help"),
    path("privacy/", views.article, {"name": "privacy"}, name="privacy"),
    path("accessibility/", views.article, {"name": "accessibility"}, name="accessibility"),
    path("map/", views.site_map, name="site_map"),
    path("display/", views.display, name="display"),
]
