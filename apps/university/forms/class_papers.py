"""Forms around the list of a class: who is monitor, which columns leave in a file."""

from django import forms

from apps.common.forms import PortalForm
from apps.university.queries.class_list import COLUMNS, ORDERS, USUAL


class MonitorForm(PortalForm):
    monitor = forms.ChoiceField(label="班长", required=False)

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        names = [(str(one.person.pk), f"{one.person.name}（{one.enrolment.student.card_no}）") for one in members]
        self.fields["monitor"].choices = [("", "没有班长"), *names]

    def clean_monitor(self):
        return int(self.cleaned_data["monitor"]) if self.cleaned_data["monitor"] else None


class ClassExportForm(PortalForm):
    columns = forms.MultipleChoiceField(
        label="栏目", choices=list(COLUMNS.items()), initial=list(USUAL), widget=forms.CheckboxSelectMultiple
    )
    order = forms.ChoiceField(label="排列", choices=[(key, label) for key, (label, _) in ORDERS.items()])
    reason = forms.CharField(label="用途", max_length=200, help_text="例如 建班级联系表；会写进文件和操作记录")
