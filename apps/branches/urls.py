"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/."""

app_name = "branches"
urlpatterns = []
