"""Forms of batches and of preferences."""

import datetime
from collections.abc import Sequence

from django import forms

from apps.common.forms import PortalForm
from apps.common.labels import GRID_CHOICES
from apps.messaging.choices import Channel
from apps.organisation.models import Unit

NO_MORE = ""
LARGEST_RESULT = 5 * 1024 * 1024


class MakeBatchForm(PortalForm):
    """Which channel, up to which day, and for which of one's units when there are several."""

    channel = forms.CharField(widget=forms.HiddenInput)
    through = forms.DateField(
        label="到哪一天为止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label="哪个单位（含下级）", empty_label=None)

    def __init__(
        self, *args, channel: str, units: Sequence[Unit], today: datetime.date, first_day: datetime.date | None = None,
        **kwargs,
    ):  # fmt: skip
        through = None if channel == Channel.PRINT else max(today, first_day or today)
        initial = {"channel": channel, "through": through}
        super().__init__(*args, initial=initial, auto_id=f"{channel}_%s", **kwargs)
        self.today = today
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path")
        self.fields["through"].help_text = "空着就是全部；电话要当天打，贺卡要提前寄"
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = units[0].pk

    def clean_through(self):
        through = self.cleaned_data["through"]
        if through and not self.today <= through <= self.today + datetime.timedelta(days=366):
            raise forms.ValidationError("请填今天到一年以内的日期。")
        return through


class ResultFileForm(PortalForm):
    """The operator's result file."""

    file = forms.FileField(label="运营商的结果文件", help_text=".xlsx、.xls 或 .csv，不超过 5 MB")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RESULT:
            raise forms.ValidationError("文件超过 5 MB，不像是这一批的结果，请核对。")
        return file


class PrintBatchForm(PortalForm):
    """Which sheets of labels are in the printer, and how many places of the first were used before."""

    grid = forms.ChoiceField(label="标签纸", choices=GRID_CHOICES, initial=GRID_CHOICES[0][0], required=False)
    skip = forms.IntegerField(label="第一张前面已用掉几格", required=False, min_value=0, max_value=23)

    def clean_grid(self) -> str:
        return self.cleaned_data["grid"] or GRID_CHOICES[0][0]


class CallOffForm(PortalForm):
    reason = forms.CharField(label="为什么撤销", max_length=200)


class OrderForm(PortalForm):
    """An order of channels: first, then if that fails, and so on; an empty place ends it."""

    def __init__(self, *args, offered: Sequence[str], order: Sequence[str], may_be_empty: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.may_be_empty = may_be_empty
        choices = [(channel, Channel(channel).label) for channel in offered]
        for place in range(len(offered)):
            label = "先用" if place == 0 else "发不出再用"
            self.fields[f"place{place}"] = forms.ChoiceField(
                label=f"{label}（第{place + 1}）", choices=[(NO_MORE, "不用"), *choices], required=False,
                initial=order[place] if place < len(order) else NO_MORE,
            )  # fmt: skip

    @property
    def order(self) -> list[str]:
        places = [name for name in self.fields if name.startswith("place")]
        return [self.cleaned_data[name] for name in places if self.cleaned_data.get(name)]

    def clean(self):
        cleaned = super().clean()
        if len(set(self.order)) != len(self.order):
            raise forms.ValidationError("同一种方式只选一次。")
        if not self.order and not self.may_be_empty:
            raise forms.ValidationError("至少选一种方式，不然没有人能通知到他。")
        return cleaned
