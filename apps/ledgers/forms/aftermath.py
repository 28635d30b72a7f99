"""Forms of 后事."""

import uuid

from django import forms

from apps.accounts.models import User
from apps.common.fields import PartialDateField
from apps.common.forms import PortalForm
from apps.ledgers.choices.aftermath import HandedBy
from apps.people.choices import Sex

NOTICE = "后事办理一次告知单"
NOT_FILLED = "（还没有定）"


def day_field(label: str, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class KeyedForm(PortalForm):
    """Carries a key of its own: sent twice, it is one."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class OwnerForm(PortalForm):
    owner = forms.ModelChoiceField(
        User.objects.none(), label="家属找谁", required=False, empty_label=NOT_FILLED,
        help_text="姓名和办公电话会写在告知单和家属的页面上",
    )  # fmt: skip

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues


class TaskForm(PortalForm):
    owner = forms.ModelChoiceField(User.objects.none(), label="谁来办", required=False, empty_label=NOT_FILLED)
    due_on = day_field("办到哪天")
    note = forms.CharField(
        label="说明", required=False, max_length=200, help_text="办好了写怎样办的；家属不需要的写是谁说的"
    )

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues


class NewTaskForm(KeyedForm):
    what = forms.CharField(label="做什么", max_length=60)
    owner = forms.ModelChoiceField(User.objects.none(), label="谁来办", required=False, empty_label=NOT_FILLED)
    due_on = day_field("办到哪天")

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues


class HandForm(KeyedForm):
    what = forms.CharField(label="交了什么", max_length=100, initial=NOTICE)
    to_whom = forms.CharField(label="交给谁", max_length=60, help_text="关系和姓名，例如 长女李晓梅")
    how = forms.ChoiceField(label="怎样交的", choices=HandedBy.choices, widget=forms.RadioSelect, initial=HandedBy.HAND)
    on_day = day_field("哪天")


class DraftForm(PortalForm):
    obituary = forms.CharField(
        label="讣告", required=False, widget=forms.Textarea({"rows": 12}),
        help_text="逝世原因、时间、地点和仪式按家属和单位核定的填写，不写住址和电话",
    )  # fmt: skip
    biography = forms.CharField(label="生平", required=False, widget=forms.Textarea({"rows": 16}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class SurvivorForm(PortalForm):
    """The survivor; who is registered as a contact person is offered by name."""

    known = forms.ChoiceField(label="登记过的家属", required=False)
    name = forms.CharField(label="姓名", required=False, max_length=60, help_text="上面没有的，在这里写")
    sex = forms.ChoiceField(label="性别", choices=[(Sex.FEMALE, "女"), (Sex.MALE, "男"), (Sex.UNKNOWN, "不清楚")])
    birth_date = PartialDateField().formfield(label="出生年月", required=False, help_text="例如 1942-06；不清楚就空着")
    phone = forms.CharField(label="电话", required=False, max_length=20)
    note = forms.CharField(label="情况", required=False, max_length=100, help_text="例如 配偶，无固定收入，和女儿同住")

    def __init__(self, *args, relatives, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["known"].choices = [("", "不在里面，另外写"), *((str(row.pk), str(row)) for row in relatives)]
        self.relatives = {str(row.pk): row for row in relatives}

    def clean(self):
        cleaned = super().clean()
        relative = self.relatives.get(cleaned.get("known") or "")
        if relative is not None:
            cleaned["name"] = relative.name
            cleaned["phone"] = cleaned.get("phone") or relative.phone or ""
        if not (cleaned.get("name") or "").strip():
            self.add_error("name", "请选一位登记过的家属，或者写姓名。")
        return cleaned
