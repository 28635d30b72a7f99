"""Forms of festival campaigns: what one is, who is chosen, and what is done with people on the list."""

import datetime as dt
import uuid
from decimal import Decimal

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin
from apps.ledgers.choices.campaigns import Category, Handed, Layer, TargetState
from apps.ledgers.models import Campaign, CampaignStandard, VisitRoute
from apps.ledgers.queries.campaigns import Selection
from apps.ledgers.services.campaigns import CampaignFacts
from apps.organisation.models import Unit
from apps.people.models import Person

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
LONGEST_LIST = 20_000
MOST_NAMES = 500
GROUPS = [choice for choice in Category.choices if choice[0] != Category.OTHER]
ADDED = [choice for choice in Category.choices if choice[0] != Category.SURVIVOR]
MONEY = {"max_digits": 10, "decimal_places": 2, "min_value": Decimal(0)}


class CampaignForm(RecordForm):
    """A campaign; its unit, kind and name stay once its list is approved."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Campaign
        fields = ("unit", "kind", "name", "starts_on", "last_day", "festival_on", "budget", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("form_key", uuid.uuid4())
        else:
            self.fields.pop("form_key", None)

    def clean(self):
        values = super().clean()
        start, end = values.get("starts_on"), values.get("last_day")
        if start and end and end < start:
            self.add_error("last_day", "结束日期不能早于开始日期。")
        if start and end and (end - start).days > 366:
            self.add_error("last_day", "一次慰问最长一年，请看看日期。")
        day = values.get("festival_on")
        if day and start and end and not start <= day <= end + dt.timedelta(days=31):
            self.add_error("festival_on", "节日应在慰问期间里，或者刚过不久。")
        return values

    def _get_validation_exclusions(self):
        """A new one's name is the service's: the same form sent again finds what it made."""
        excluded = super()._get_validation_exclusions()
        return excluded | {"name"} if self.instance.pk is None else excluded

    def facts(self) -> CampaignFacts:
        names = CampaignFacts.__dataclass_fields__
        return CampaignFacts(**{name: value for name, value in self.cleaned_data.items() if name in names})


class StandardForm(SecrecyMixin, forms.ModelForm):
    class Meta:
        model = CampaignStandard
        fields = ("category", "money", "gift", "gift_value")


class SelectForm(forms.Form):
    """Sent by GET: which groups, of which units and ages. Nothing chosen lists nobody."""

    groups = forms.MultipleChoiceField(
        label="哪些人（符合任一项）", choices=GROUPS, required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="只要这些单位的", required=False, help_text="不选就是全部；含下级单位"
    )
    aged_from = forms.IntegerField(label="年龄从（周岁）", required=False, min_value=0, max_value=130)
    aged_to = forms.IntegerField(label="到（周岁，含）", required=False, min_value=0, max_value=130)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["units"].queryset = units

    def clean(self):
        values = super().clean()
        if values.get("aged_from") and values.get("aged_to") and values["aged_to"] < values["aged_from"]:
            self.add_error("aged_to", "不能小于前面的年龄。")
        if not self.errors and not any(values.values()):
            self.add_error("groups", "请至少选一项，或者写年龄、选单位。")
        return values

    def selection(self) -> Selection:
        values = self.cleaned_data
        return Selection(
            groups=tuple(values["groups"]), units=tuple(unit.pk for unit in values["units"]),
            aged_from=values["aged_from"], aged_to=values["aged_to"],
        )  # fmt: skip


class PeopleFilter(forms.Form):
    """Sent by GET: which of the list."""

    q = forms.CharField(label="姓名", required=False, max_length=40)
    state = forms.ChoiceField(label="情况", required=False, choices=[*TargetState.choices, ("all", "全部")])
    category = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Category.choices])
    layer = forms.ChoiceField(
        label="谁去看", required=False, choices=[("", "全部"), ("none", "还没有人"), *Layer.choices]
    )
    handed = forms.ChoiceField(
        label="领取", required=False, choices=[("", "全部"), ("open", "还没录"), *Handed.choices[1:]]
    )
    route = forms.ChoiceField(label="走访安排", required=False)

    def __init__(self, *args, routes: list[tuple[str, str]], **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["route"].choices = [("", "全部"), ("none", "还没分派"), *routes]


class PeopleActForm(PortalForm):
    """What is done with the ticked people; each button asks for its own field."""

    reason = forms.CharField(
        label="原因（移出、放回须先请示的人时写）",
        required=False,
        max_length=180,
        help_text="例如 本人谢绝；已请示张局长",
    )
    layer = forms.ChoiceField(label="谁去看", choices=Layer.choices, initial=Layer.UNIT)
    route = forms.ModelChoiceField(
        VisitRoute.objects.none(), label="分派到", required=False, empty_label="选一个走访安排"
    )

    def __init__(self, *args, routes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["route"].queryset = routes


class AmountForm(PortalForm):
    money = forms.DecimalField(label="慰问金（元）", **MONEY)
    gift = forms.CharField(label="慰问品", required=False, max_length=100)
    gift_value = forms.DecimalField(label="慰问品折价（元）", **MONEY)
    reason = forms.CharField(label="为什么另定", max_length=180)


class AddTargetForm(PortalForm):
    """One more person, by hand."""

    who = forms.ModelChoiceField(Person.objects.none(), label="老同志")
    category = forms.ChoiceField(label="按哪类标准", choices=ADDED, initial=Category.OTHER)
    layers = forms.MultipleChoiceField(
        label="谁去看", choices=Layer.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label="为什么增加", max_length=100)
    asked = forms.CharField(
        label="谁同意的", required=False, max_length=80, help_text="“公开活动须先请示”的老同志才要填"
    )


class PasteForm(PortalForm):
    """Names that another office sent: one a line, or separated by commas."""

    layer = forms.ChoiceField(label="是谁安排的", choices=Layer.choices, initial=Layer.UNIT)
    names = forms.CharField(
        label="名单", max_length=LONGEST_LIST, widget=forms.Textarea({"rows": 8}),
        help_text=f"从表格里复制姓名一列贴进来，一行一个，最多 {MOST_NAMES} 个",
    )  # fmt: skip

    def clean_names(self) -> list[str]:
        text = self.cleaned_data["names"]
        for mark in "，,、；;\t":
            text = text.replace(mark, "\n")
        names = list(dict.fromkeys(name for name in (line.strip() for line in text.splitlines()) if name))
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(f"一次最多 {MOST_NAMES} 个姓名，请分几次贴。")
        return names


class WhyForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=180, widget=forms.Textarea({"rows": 2}))


class SureForm(PortalForm):
    """Nothing to fill in: a question answered by the button."""


class CampaignExportForm(SecrecyMixin, forms.Form):
    reason = forms.CharField(label="用途", max_length=200, help_text="例如 报财政科；会写进文件和操作记录")

    def __init__(self, *args, ask_password: int = 0, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if ask_password:
            self.fields["password"] = forms.CharField(
                label="再输一次您的密码", max_length=200, help_text=f"一次导出 {ask_password} 人以上要再核对",
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )  # fmt: skip
