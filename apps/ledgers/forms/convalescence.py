"""What is typed about a convalescence."""

from django import forms

from apps.common.forms import PortalForm
from apps.ledgers.choices.treatments import PlaceState
from apps.registry.choices import RetireType


class InviteForm(PortalForm):
    """Whom to look through."""

    q = forms.CharField(label="姓名", required=False, max_length=40)
    kind = forms.ChoiceField(label="离退休类型", required=False, choices=[("", "全部"), *RetireType.choices])
    all = forms.BooleanField(label="近几年去过的也列出", required=False)


class AnswerForm(PortalForm):
    submit_label = "保存答复"
    state = forms.ChoiceField(
        label="怎么答复的", choices=[one for one in PlaceState.choices if one[0] != PlaceState.INVITED],
        help_text="名额满了登记“参加”，会自动排队等候",
    )  # fmt: skip
    reason = forms.CharField(label="不参加、没去的原因", max_length=200, required=False, help_text="不写病情")
    companion = forms.CharField(label="陪同人", max_length=30, required=False)
    companion_relation = forms.CharField(label="陪同人和他的关系", max_length=20, required=False)
    emergency_contact = forms.CharField(label="紧急联系人和电话", max_length=30, required=False)
    health_checked = forms.BooleanField(label="已核对身体条件", required=False)
