"""Staff pages of party organisations: names and terms, no people."""

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from apps.branches import services
from apps.branches.access import organisations_open_to
from apps.branches.forms import FoundForm
from apps.branches.models import Membership, Organisation
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    """The tree as an indented list: names and terms, no people. Changed by those in whose units it stands."""

    list_display = ["indented", "kind", "level", "unit", "community", "term_ends_on", "dissolved_on"]
    list_display_links = ["indented"]
    list_filter = ["kind", "level"]
    select_related_in_list = ("unit", "community")
    search_fields = ["name", "short_name"]
    search_help_text = "名称或简称"
    ordering = ["path"]
    fields = [
        "name", "short_name", "kind", "level", "unit", "community", "established_on", "term_ends_on", "party_day",
        "dissolved_on",
    ]  # fmt: skip

    def rows_for(self, user, permission):
        return organisations_open_to(user, permission)

    @admin.display(description="党组织")
    def indented(self, organisation):
        return "　" * (organisation.depth - 1) + organisation.name

    def get_search_results(self, request, queryset, search_term):
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(dissolved_on__isnull=True, voided_at__isnull=True)
        return super().get_search_results(request, queryset, search_term)

    def get_fields(self, request, obj=None):
        return self.fields if obj else ["parent_organisation", *self.fields]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, form=self.form if obj else FoundForm, **kwargs)
        if obj is None:
            field = form.base_fields["parent_organisation"]
            field.widget = AutocompleteSelect(Membership._meta.get_field("organisation"), self.admin_site)
            field.widget.choices = field.choices
        return form

    def write(self, request, obj, form, change):
        reach = request.user.reach(self.right("change"))
        if obj.unit_id and obj.unit_id not in reach:
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        if change:
            obj.save()
            return
        services.add_organisation(obj, parent=form.cleaned_data["parent_organisation"], actor=request.user)
