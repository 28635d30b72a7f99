"""制定（接续）一人一策 for the ticked people of the list of cadres, or all that it is filtered to."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.ledgers.services.plans import carry_over

MAKE_PLAN = "ledgers.add_serviceplan"
NEXT_YEAR_FROM = 10


class CarryForm(PortalForm):
    year = forms.TypedChoiceField(label="哪一年", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        years = [today.year, today.year + 1] if today.month >= NEXT_YEAR_FROM else [today.year]
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        self.initial.setdefault("year", today.year)


class PlanGroupActs:
    """Mixed into the admin of cadres beside `GroupActs`, which finds the group."""

    def plan_urls(self):
        return [path("plans/", self.staff_view(self.plans_view), name="registry_cadre_plans")]

    @admin.action(description="制定（接续）一人一策", permissions=["make_plan"])
    def make_plan_for_ticked(self, request, queryset):
        return self.to_group(request, queryset, "plans")

    def has_make_plan_permission(self, request) -> bool:
        return request.user.has_perm(MAKE_PLAN)

    def plans_view(self, request):
        """One statement for the whole group; whoever has a plan keeps it."""
        group = self.group_of(request, MAKE_PLAN)
        form = CarryForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            year, total = form.cleaned_data["year"], group.count()
            try:
                made = carry_over(group, year=year, actor=request.user, on=timezone.localdate())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                words = f"已制定 {made:,} 份 {year} 年的一人一策；"
                messages.success(request, words + f"其余 {total - made:,} 位原来就有，或者已离世，没有动。")
                return HttpResponseRedirect(self.back_of(request, group))
        lead = "去年有的，摘要、愿望和照片接过来；没有办结的需求本来就跟着人走，不用重抄。原来就有的不动。"
        return self.group_page(request, group, form, "制定（接续）一人一策", lead, "制定")
