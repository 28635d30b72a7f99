"""Forms about teams and who is in them."""

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.volunteers.choices.teams import TeamRole
from apps.volunteers.models import Team, TeamPlan, Volunteer

from .base import DayField, PersonChoice

MOST = 300


class TeamForm(RecordForm):
    class Meta:
        model = Team
        fields = (
            "name", "kind", "unit", "organisation", "division", "community", "brand", "venue", "phone", "founded_on",
            "introduction",
        )  # fmt: skip


class PlanForm(RecordForm):
    class Meta:
        model = TeamPlan
        fields = ("team", "year", "goals", "measures", "planned_on", "review", "reviewed_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "year" in self.fields:
            self.fields["year"].initial = timezone.localdate().year


class FindForm(PortalForm):
    """Whom to take: looked for by name among volunteers in reach."""

    q = forms.CharField(label="姓名或拼音", max_length=40, required=False, help_text="也可以填手机号或身份证后四位")


class MemberForm(PortalForm):
    submit_label = "加入"

    volunteer = PersonChoice(label="志愿者", queryset=Volunteer.objects.none())
    role = forms.ChoiceField(
        label="担任", choices=[(TeamRole.MEMBER, "队员"), (TeamRole.DEPUTY, "副队长")], initial=TeamRole.MEMBER
    )
    on = DayField(label="自何日起")

    def __init__(self, *args, volunteers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].queryset = volunteers
        if self.fields["volunteer"].initial is None and len(volunteers[:2]) == 1:
            self.fields["volunteer"].initial = volunteers[0].pk


class HandOverForm(PortalForm):
    submit_label = "换队长"

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    volunteer = PersonChoice(label="新队长", queryset=Volunteer.objects.none(), help_text="从在册的队员里选")
    on = DayField(label="自何日起")
    stays = forms.BooleanField(label="原队长留在队里当队员", required=False, initial=True)

    def __init__(self, *args, members, seen, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].queryset = members
        self.fields["seen"].initial = seen


class EndForm(PortalForm):
    submit_label = "登记"

    on = DayField(label="自何日起不再担任")
    reason = forms.CharField(label="原因", max_length=60, required=False)


class CloseForm(PortalForm):
    submit_label = "解散"

    on = DayField(label="解散日期")
    reason = forms.CharField(label="原因", max_length=120)
