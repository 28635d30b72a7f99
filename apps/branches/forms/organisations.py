"""Forms about organisations themselves, at the desk and in the admin: what is typed; the services decide."""

import uuid

from django import forms

from apps.branches.choices import Level, RecheckResult
from apps.branches.models import Organisation, OrganisationHonour
from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm

from .memberships import DAY

FEW_LINES = forms.Textarea(attrs={"rows": 3})
NOBODY = ""


class ContactsForm(PortalForm):
    """One choice a member: who keeps in touch with him."""

    submit_label = "保存"

    def __init__(self, *args, members, keepers, standing, **kwargs):
        """`members` and `keepers` are persons, `standing` maps member id → keeper id."""
        super().__init__(*args, **kwargs)
        choices = [(NOBODY, "还没有安排"), *((str(one.pk), one.name) for one in keepers)]
        for member in members:
            others = [choice for choice in choices if choice[0] != str(member.pk)]
            self.fields[f"m{member.pk}"] = forms.ChoiceField(
                label=member.name, choices=others, required=False, initial=str(standing.get(member.pk, NOBODY))
            )

    def wanted(self) -> dict[int, int | None]:
        return {int(name[1:]): int(value) if value else None for name, value in self.cleaned_data.items()}


class AnswerForm(PortalForm):
    submit_label = "报告整改情况"
    answer = forms.CharField(label="整改情况", max_length=500, widget=FEW_LINES, help_text="做了什么、现在怎样")
    on = forms.DateField(label="整改日期", widget=DAY)


class RecheckForm(PortalForm):
    submit_label = "保存复查结果"
    result = forms.ChoiceField(label="复查结果", choices=RecheckResult.choices, widget=forms.RadioSelect)
    on = forms.DateField(label="复查日期", widget=DAY)
    due_on = forms.DateField(label="新的整改期限", widget=DAY, required=False, help_text="还要继续整改的才填")
    note = forms.CharField(label="复查意见", max_length=300, required=False, widget=FEW_LINES)


class FindingForm(PortalForm):
    submit_label = "添加问题"
    content = forms.CharField(label="发现的问题", max_length=300, widget=FEW_LINES)
    due_on = forms.DateField(label="整改期限", widget=DAY)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ChangeForm(RecordForm):
    """An organisation's facts; what its approval says is changed by a document."""

    document_no = forms.CharField(label="变更批复文号", max_length=60, required=False)
    changed_on = forms.DateField(label="变更日期", widget=DAY, required=False, help_text="不填就是今天")
    change_note = forms.CharField(label="变更说明", max_length=200, required=False)

    class Meta:
        model = Organisation
        fields = "__all__"
        widgets = {name: DAY for name in ("established_on", "term_began_on", "term_ends_on")}


class DissolveForm(PortalForm):
    on = forms.DateField(label="撤销日期", widget=DAY, help_text="从这一天起不再存在，党员从这一天起在新的支部")
    document_no = forms.CharField(label="批复文号", max_length=60)
    reason = forms.CharField(label="原因", max_length=100)
    target = forms.ModelChoiceField(
        Organisation.objects.none(), label="党员转到哪个党支部", required=False, help_text="没有党员的可以不选"
    )


class MergeForm(DissolveForm):
    field_order = ["target", "on", "document_no", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "并入日期"
        self.fields["target"].label = "并入哪个党支部"
        self.fields["target"].required, self.fields["target"].help_text = True, ""


class MoveForm(PortalForm):
    parent = forms.ModelChoiceField(
        Organisation.objects.none(), label="新的上级党组织", required=False, help_text="不选就是最上级"
    )
    on = forms.DateField(label="调整日期", widget=DAY)
    document_no = forms.CharField(label="批复文号", max_length=60)


class HonourForm(PortalForm):
    name = forms.CharField(label="荣誉名称", max_length=80)
    level = forms.ChoiceField(label="级别", choices=OrganisationHonour._meta.get_field("level").choices)
    awarded_on = forms.DateField(label="授予日期", widget=DAY)
    awarded_by = forms.CharField(label="授予单位", max_length=80, required=False)
    document_no = forms.CharField(label="文号", max_length=60, required=False)


def standing_branches():
    """Branches that may take formal relations, for a picker."""
    return Organisation.objects.filter(
        level=Level.BRANCH, kind__in=["formal", "away"], dissolved_on__isnull=True, voided_at__isnull=True
    ).order_by("path")
