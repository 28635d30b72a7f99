"""Forms of 入党申请 and 发展党员."""

from django import forms
from django.db.models import QuerySet

from apps.common.fields import PartialDateFormField
from apps.common.forms import PortalForm
from apps.people.models import Person

from .memberships import DAY
from .transfers import DayForm, KeyedForm

NOT_FOUND = "没有对上这位同志。请核对姓名和出生年月；名册里没有的，请先打电话给老干部局登记。"


class ApplicationForm(KeyedForm):
    """Who applies is named, not looked up: the branch does not see those who are not its members."""

    submit_label = "登记申请"

    name = forms.CharField(label="姓名", max_length=60)
    born = PartialDateFormField(label="出生年月", help_text="按申请书，例如 1933-05")
    on = forms.DateField(label="递交申请书的日期", widget=DAY)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="例如 派谁谈话")

    def clean(self):
        values = super().clean()
        name, born = values.get("name"), values.get("born")
        if name and born:
            found = list(people_named(name, born)[:2])
            if len(found) != 1:
                self.add_error("name", NOT_FOUND)
            else:
                values["person"] = found[0]
        return values


def people_named(name: str, born) -> QuerySet[Person]:
    """The living of exactly this name whose birth is the month that was typed."""
    month = f"{born.year:04}-{born.month:02}" if born.month else "none"
    return Person.objects.living().filter(name="".join(name.split()), birth_date__startswith=month).order_by("pk")


class AdvanceForm(DayForm):
    note = forms.CharField(label="支部意见、会议决定", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    document_no = forms.CharField(label="上级批复（备案）文号", max_length=60, required=False)


class AdmitForm(AdvanceForm):
    introducers = forms.CharField(label="入党介绍人", max_length=80, help_text="两位，用顿号隔开")


class ProlongForm(DayForm):
    submit_label = "延长预备期"

    months = forms.IntegerField(label="延长几个月", min_value=1, max_value=24)
    note = forms.CharField(label="支部意见、会议决定", max_length=160)


class StopForm(DayForm):
    submit_label = "终止"

    reason = forms.CharField(label="原因", max_length=200)


class BackForm(PortalForm):
    submit_label = "撤回这一步"
