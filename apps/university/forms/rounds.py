"""Forms of draws: what is drawn, and each step of the ceremony."""

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.signups.choices import OfferingState
from apps.signups.models import Round
from apps.university.models import ClassGroup


class ClassChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: ClassGroup) -> str:
        return f"{obj.offering.title}（{obj.school}，{obj.term}，{obj.offering.places.capacity} 个名额）"


def classes_to_draw(user, round: Round | None):
    """Classes that have no round yet or are in this one, of schools in the user's charge, newest term first."""
    rows = ClassGroup.objects.visible_to(user, "signups.change_round").current()
    free = rows.filter(
        offering__round=None, offering__state__in=(OfferingState.DRAFT, OfferingState.OPEN), state="planned"
    )
    rows = free | rows.filter(offering__round=None, offering__mode="lottery", offering__state="open")
    if round is not None and round.pk:
        rows = rows | ClassGroup.objects.visible_to(user, "signups.change_round").filter(offering__round=round)
    return rows.select_related("offering__places", "school", "term", "course").order_by(
        "-term__starts_on", "school", "code"
    )


class RoundForm(RecordForm):
    """A draw over some classes. The admin sets whose classes may be ticked."""

    classes = ClassChoices(
        ClassGroup.objects.none(), label="一起抽签的班", widget=forms.CheckboxSelectMultiple,
        help_text="只列还没有安排抽签、没有开始先报先得的班。",
        error_messages={"required": "请至少勾选一个班。"},
    )  # fmt: skip

    class Meta:
        model = Round
        fields = ("name", "unit", "opens_at", "closes_at", "draws_at", "draws_where", "most_choices")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "classes" in self.fields:
            self.initial["classes"] = list(ClassGroup.objects.filter(offering__round=self.instance).order_by("pk"))


class SureForm(PortalForm):
    """Nothing to fill in: the act asks once more."""


class WhyForm(PortalForm):
    reason = forms.CharField(label="原因（会公开）", max_length=180)


class NumberForm(PortalForm):
    """The number drawn in public, typed twice, and who saw it."""

    number = forms.CharField(
        label="现场抽取的数", max_length=24, help_text="由学员代表当众抽出，如摇号球依次读出 0427；开头的 0 也要填",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再填一遍", max_length=24, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    )
    witnesses = forms.CharField(label="见证人", max_length=200, help_text="学员代表和到场的工作人员的姓名")

    def clean(self):
        values = super().clean()
        number, again = ("".join((values.get(name) or "").split()) for name in ("number", "again"))
        if number and again and number != again:
            self.add_error("again", "两遍填的不一样，请对着现场的数再填。")
        return values


class WithdrawForm(PortalForm):
    """A ticket taken back at the wish of whoever filled it in."""

    sure = forms.BooleanField(label="本人要求撤回", error_messages={"required": "要本人（或授权的家属）提出，请勾选。"})
