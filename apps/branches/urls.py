"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/."""

from django.urls import path

from .views import inspections, organisation

app_name = "branches"
ORGANISATION = [
    path("about/", organisation.overview, name="overview"),
    path("committee/", organisation.committee, name="committee"),
    path("contacts/", organisation.contacts, name="contacts"),
    path("roster/<slug:kind>/print/", organisation.print_roster, name="roster_print"),
    path("roster/<slug:kind>/export/", organisation.export_roster, name="roster_export"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/<uuid:finding>/", inspections.answer, name="inspection_answer"),
]
urlpatterns = [*ORGANISATION]
