"""The bureau's network: the staff side, the workbench of branches, and everything the internet side has."""

from django.contrib import admin
from django.urls import include, path

from .urls_outer import handler400, handler403, handler404, handler500
from .urls_outer import urlpatterns as open_pages

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [
    path("admin/", admin.site.urls),
    path("branch/<uuid:organisation>/", include("apps.ledgers.urls")),
    path("branch/<uuid:organisation>/", include("apps.branches.urls")),
    *open_pages,
]
