from django.urls import include, path

from apps.portal import landing, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("branch/", landing.branch, name="branch"),
    path("branch/choose/", landing.choose, name="branch_choose"),
    path("me/", include("apps.portal.me.urls")),
    path("activities/", views.activities, name="activities"),
    path("help/", views.article, {"template": "portal/help.html"}, name="help"),
    path("privacy/", views.article, {"template": "portal/privacy.html"}, name="privacy"),
    path("accessibility/", views.article, {"template": "portal/accessibility.html"}, name="accessibility"),
    path("map/", views.site_map, name="site_map"),
    path("display/", views.display, name="display"),
]
