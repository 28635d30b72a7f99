"""Forms of service records: the paper sheet, corrections, what is exported."""

import uuid

from django import forms
from django.utils import timezone

from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.volunteers.models import Project, Team

from .shifts import DAY, ClockField


class SheetForm(PortalForm):
    """The head of a paper sheet; the times are put into every line that leaves them empty."""

    team = forms.ModelChoiceField(label="志愿服务队", queryset=Team.objects.none())
    project = forms.ModelChoiceField(
        label="项目", queryset=Project.objects.none(), required=False, empty_label="不属于哪个项目"
    )
    service = forms.ChoiceField(label="服务类别", required=False, help_text="选了项目的，空着就是项目的类别")
    on = forms.DateField(label="日期", **DAY)
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="空着就是项目的地点")
    starts = ClockField(label="大家都是几点开始", required=False, help_text="不一样的在那一行里写")
    ends = ClockField(label="几点结束", required=False)
    confirmed = forms.BooleanField(label="队长已经在纸上签了字，保存就算确认", required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args, teams, **more):
        super().__init__(*args, **more)
        self.fields["team"].queryset = teams
        projects = Project.objects.current().filter(team__in=teams.values("pk")).select_related("team")
        self.fields["project"].queryset = projects.order_by("team__name", "name")
        self.fields["project"].label_from_instance = lambda row: f"{row.name}（{row.team}）"
        self.fields["service"].choices = [("", "与项目相同"), *choices_of("volunteer_service")]

    def clean(self):
        values = super().clean()
        project, team = values.get("project"), values.get("team")
        if project and team and project.team_id != team.pk:
            self.add_error("project", "这个项目不是这支队的，请重新选。")
        if not project and not values.get("service"):
            self.add_error("service", "没有选项目的，请选服务类别。")
        if values.get("on") and values["on"] > timezone.localdate():
            self.add_error("on", "日期还没有到，服务以后再录。")
        return values


class LineForm(PortalForm):
    """A line of the sheet; without a name it is empty."""

    who = forms.CharField(
        label="姓名", required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    starts = ClockField(label="开始", required=False)
    ends = ClockField(label="结束", required=False)
    content = forms.CharField(label="做了什么", required=False, max_length=120)
    trim = forms.BooleanField(label="只记不重叠的", required=False)


class CorrectForm(PortalForm):
    starts = ClockField(label="开始")
    ends = ClockField(label="结束")
    minutes = forms.IntegerField(label="时长（分钟）", required=False, min_value=1, help_text="空着就是从开始到结束")
    reason = forms.CharField(label="为什么改", max_length=120)


class ExportForm(PortalForm):
    """What leaves for the national system. Who asks for the numbers says why."""

    first = forms.DateField(label="从哪天", **DAY)
    last = forms.DateField(label="到哪天", **DAY)
    team = forms.ModelChoiceField(
        label="志愿服务队", queryset=Team.objects.none(), required=False, empty_label="全部"
    )  # fmt: skip
    again = forms.BooleanField(label="导过的也再导一次", required=False)
    reason = forms.CharField(label="用途", max_length=120, help_text="例如 报送全国志愿服务信息系统；会记进操作记录")

    def __init__(self, *args, teams, **more):
        super().__init__(*args, **more)
        self.fields["team"].queryset = teams

    def clean(self):
        values = super().clean()
        if values.get("first") and values.get("last") and values["last"] < values["first"]:
            self.add_error("last", "结束日期不能早于开始日期。")
        return values
