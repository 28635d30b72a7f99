"""Forms of transfers, at the desk and on the staff side: what is typed; the services decide."""

import uuid

from django import forms

from apps.branches.choices import ReissueReason, TransferKind
from apps.branches.models import Organisation, Transfer
from apps.common.admin_forms import RecordForm
from apps.common.fields import PartialDateFormField
from apps.common.forms import PortalForm
from apps.people.models import Person

from .memberships import DAY

MONTH = forms.TextInput(attrs={"type": "month"})
PLACES = "places"  # id of the list of organisations that a typed name is completed from


class MemberField(forms.ModelChoiceField):
    """One of the branch's own people; two of one name are told apart by their year of birth."""

    def label_from_instance(self, person: Person) -> str:
        return f"{person.name}（{person.birth_date.year} 年生）" if person.birth_date else person.name


class KeyedForm(PortalForm):
    """Carries the key that becomes the record's public id: sent twice, it is one row."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


def standing_named(name: str) -> Organisation | None:
    """The organisation of exactly this name or short name that is not dissolved."""
    rows = Organisation.objects.filter(voided_at__isnull=True, dissolved_on__isnull=True)
    return rows.filter(name=name).first() or rows.filter(short_name=name).exclude(short_name="").first()


class ApplyForm(KeyedForm):
    """A member wishes to go to another branch, in the city or elsewhere."""

    submit_label = "登记申请"

    person = MemberField(Person.objects.none(), label="谁要转", empty_label="请选一位")
    kind = forms.ChoiceField(
        label="转到哪里",
        choices=[(TransferKind.INSIDE, "本市的党支部"), (TransferKind.OUT, "外地或外单位的党组织")],
        widget=forms.RadioSelect,
        initial=TransferKind.INSIDE,
    )
    to_name = forms.CharField(
        label="转入党组织的名称",
        max_length=120,
        help_text="本市的写几个字就会出现可选的名称；外地的写全称",
        widget=forms.TextInput(attrs={"list": PLACES, "autocomplete": "off"}),
    )
    reason = forms.CharField(label="为什么转", max_length=100, required=False, help_text="例如 随女儿住到城东")
    on = forms.DateField(label="申请日期", widget=DAY)
    agreed = forms.BooleanField(label="支部已经同意，直接送上级审核", required=False)

    def __init__(self, *args, members, may_agree: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = members
        if not may_agree:
            del self.fields["agreed"]

    def clean(self):
        values = super().clean()
        values["to_organisation"] = None
        name = (values.get("to_name") or "").strip()
        if name and values.get("kind") == TransferKind.INSIDE:
            values["to_organisation"] = standing_named(name)
            if values["to_organisation"] is None:
                self.add_error("to_name", "本市没有叫这个名字的党组织。请从出现的名称里选，或改选“外地或外单位”。")
        return values


class DayForm(PortalForm):
    on = forms.DateField(label="日期", widget=DAY)


class LetterForm(DayForm):
    """The facts of a letter."""

    submit_label = "审核通过，开介绍信"

    valid_days = forms.IntegerField(label="有效天数", min_value=1, max_value=366)
    dues_paid_to = PartialDateFormField(label="党费交到哪个月", help_text="写到月，例如 2026-03", widget=MONTH)
    number = forms.CharField(
        label="介绍信编号", max_length=40, required=False, help_text="用自己的介绍信本就写本上的号；空着由系统编号"
    )


class ReissueForm(LetterForm):
    submit_label = "换开介绍信"

    reason = forms.ChoiceField(label="为什么换开", choices=ReissueReason.choices)
    replaces = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=200, help_text="对方看得到，请写清楚缺什么、怎么补")


class TakeInForm(RecordForm):
    """Somebody comes from outside the city with a letter."""

    received_on = forms.DateField(label="收到介绍信的日期", widget=DAY)

    class Meta:
        model = Transfer
        fields = [
            "person", "to_organisation", "outside_name", "letter_no", "issued_on", "valid_days", "dues_paid_to",
            "reason",
        ]  # fmt: skip
        widgets = {"issued_on": DAY}
        help_texts = {"person": "先在名册里登记他，再在这里选", "outside_name": "介绍信上的转出党组织"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("to_organisation", "outside_name", "letter_no", "issued_on", "valid_days"):
            if name in self.fields:
                self.fields[name].required = True

    def _get_validation_exclusions(self):
        """The service sets the other columns and then checks."""
        return {field.name for field in Transfer._meta.fields}

    def validate_constraints(self):
        """The same."""


class MoveForm(KeyedForm):
    """What to do about a member who has moved away."""

    submit_label = "记下"

    reason = forms.CharField(label="为什么不转", max_length=100, help_text="例如 半年后就回来")
