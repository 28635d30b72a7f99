"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/."""

from .views.election_urls import election_urls

app_name = "branches"
urlpatterns = [*election_urls]
