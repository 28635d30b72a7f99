"""Forms of floating members."""

from django import forms

from apps.branches.choices import FloatingStudy
from apps.branches.models import Organisation
from apps.branches.services.floating import Stay
from apps.people.models import Person

from .memberships import DAY
from .transfers import PLACES, KeyedForm, MemberField, standing_named


class StayForm(KeyedForm):
    """One stay elsewhere. Without `members` it is about one who is known already."""

    submit_label = "保存"

    person = MemberField(Person.objects.none(), label="谁在外地", empty_label="请选一位")
    starts_on = forms.DateField(label="开始流动时间", widget=DAY)
    city = forms.CharField(label="现居住市县", max_length=60, help_text="例如 海南省海口市龙华区")
    address = forms.CharField(
        label="现居住详细地址", max_length=200, required=False, help_text="只用来联系，不在名单上显示"
    )
    host_name = forms.CharField(
        label="流入地党组织",
        max_length=120,
        required=False,
        help_text="本市的写几个字就会出现可选的名称，他同时登记为那里的流动成员；外地的写全称",
        widget=forms.TextInput(attrs={"list": PLACES, "autocomplete": "off"}),
    )
    study = forms.ChoiceField(label="怎么参加学习", choices=FloatingStudy.choices, widget=forms.RadioSelect)
    contact_name = forms.CharField(label="支部联系人", max_length=40, required=False, help_text="谁平时和他联系")
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args, members=None, **kwargs):
        super().__init__(*args, **kwargs)
        if members is None:
            del self.fields["person"]
            self.fields["address"].help_text = "空着就不改"
        else:
            self.fields["person"].queryset = members

    def stay(self) -> Stay:
        """What was typed; a host of ours is recognised by its name."""
        typed = self.cleaned_data
        name = typed["host_name"].strip()
        host: Organisation | None = standing_named(name) if name else None
        names = ("starts_on", "city", "address", "study", "contact_name", "note")
        return Stay(host=host, host_name="" if host else name, **{field: typed[field] for field in names})
