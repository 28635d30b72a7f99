"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/."""

from django.urls import path

from .views import inspections, organisation

app_name = "branches"
ORGANISATION = [
    path("about/", organisation.overview, name="overview"),
    path("committee/", organisation.committee, name="committee"),
    path("contacts/", organisation.contacts, name="contacts"),
    path("members/print/", organisation.print_roster, {"kind": "members"}, name="members_print"),
    path("members/export/", organisation.export_roster, {"kind": "members"}, name="members_export"),
    path("committee/print/", organisation.print_roster, {"kind": "committee"}, name="committee_print"),
    path("committee/export/", organisation.export_roster, {"kind": "committee"}, name="committee_export"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/<uuid:finding>/", inspections.answer, name="inspection_answer"),
]
urlpatterns = [*ORGANISATION]
