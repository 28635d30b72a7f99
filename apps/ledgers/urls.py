"""Pages of the workbench that need the ledger; mounted at branch/<organisation>/."""

from django.urls import path

from .views import home

app_name = "ledgers"
urlpatterns = [
    path("", home.desk_home, name="desk"),
]
