"""Forms of requests for help: what is typed; the services decide."""

from django import forms

from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.volunteers.choices.requests import AskedAs, ConfirmedAs, Effort
from apps.volunteers.models import Proposal, ServiceRecord, Team
from apps.volunteers.rules.times import length_words

from .base import DAY, KeyForm
from .shifts import ClockField

BY_STAFF = [
    (AskedAs.SELF, "本人打电话或者当面提的"), (AskedAs.FAMILY, "家属提的"), (AskedAs.COMMUNITY, "社区提的"),
    (AskedAs.STAFF, "工作人员自己想到的"),
]  # fmt: skip
ON_THE_PHONE = [(ConfirmedAs.RECEIVER, "本人"), (ConfirmedAs.FAMILY, "家属"), (ConfirmedAs.COMMUNITY, "社区"),
                (ConfirmedAs.STAFF, "没有别人可问，工作人员核实")]  # fmt: skip


class MinutesField(forms.IntegerField):
    def __init__(self, **more):
        attrs = {"inputmode": "numeric", "size": 6}
        super().__init__(**{"min_value": 1, "max_value": 24 * 60, "widget": forms.TextInput(attrs=attrs), **more})


class AskForm(KeyForm):
    """A request entered by staff. `receiver` is the field that asks for whom, brought along by the page; without it the
    page knows, and who asked too."""

    def __init__(self, data=None, *, teams, receiver=None, **more):
        super().__init__(data, **more)
        self.fields["team"].queryset = teams
        if receiver is None:
            del self.fields["asked_as"]
        else:
            self.fields = {"receiver": receiver, **self.fields}

    asked_as = forms.ChoiceField(label="谁提的", choices=BY_STAFF, widget=forms.RadioSelect)
    service = forms.ChoiceField(label="帮什么忙", choices=lambda: choices_of("volunteer_service"))
    on = forms.DateField(label="哪天", widget=DAY)
    starts = ClockField(label="几点开始", help_text="例如 9:00")
    ends = ClockField(label="大约几点结束", help_text="例如 11:30")
    wanted = forms.IntegerField(label="需要几位志愿者", initial=1, min_value=1, max_value=9)
    efforts = forms.MultipleChoiceField(
        label="会用到", choices=Effort.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="勾上的，不会请说过不方便的志愿者",
    )  # fmt: skip
    place = forms.CharField(
        label="到哪里", max_length=200, required=False, help_text="空着就是家里；去医院写医院和会合的地方"
    )
    details = forms.CharField(
        label="还要说明什么", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="只给答应来的志愿者看。不写病情，写他要准备什么、注意什么",
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.none(), label="请哪支队", required=False, empty_label="不限，在附近的志愿者里找",
        help_text="选了队，就只在这支队里找",
    )  # fmt: skip
    spends = forms.BooleanField(label="用他存的时间币", required=False, help_text="先预留，服务以后按确认的时长扣")


class WordsForm(PortalForm):
    submit_label = "保存"
    place = forms.CharField(label="到哪里", max_length=200)
    details = forms.CharField(
        label="还要说明什么", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class PickForm(PortalForm):
    """Which of the suggested to ask; all of the new ones to begin with."""

    def __init__(self, data=None, *, proposals: list[Proposal], **more):
        super().__init__(data, **more)
        self.fields["volunteers"].choices = [
            (row.pk, f"{row.volunteer.person.name}：{row.reason}（{row.get_state_display()}）") for row in proposals
        ]

    volunteers = forms.TypedMultipleChoiceField(
        label="问哪几位", coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少勾一位。"}
    )


class SuggestForm(PortalForm):
    def __init__(self, data=None, *, volunteer, **more):
        super().__init__(data, **more)
        self.fields = {"volunteer": volunteer, **self.fields}


class AnswerForm(PortalForm):
    yes = forms.TypedChoiceField(
        label="他怎么说", coerce=lambda text: text == "yes", widget=forms.RadioSelect,
        choices=[("yes", "愿意"), ("no", "这次不方便")], error_messages={"required": "请选一项。"},
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=120, required=False, help_text="例如 那天要去外地")


class DoneForm(PortalForm):
    starts = ClockField(label="几点到的")
    ends = ClockField(label="几点走的")
    minutes = MinutesField(label="中间有间断的，实际服务多少分钟", required=False, help_text="没有间断就空着")
    content = forms.CharField(label="做了什么", max_length=300, required=False)


class ConfirmForm(KeyForm):
    """What the receiver, his family or the community said on the telephone."""

    def __init__(self, data=None, *, record: ServiceRecord, **more):
        super().__init__(data, **more)
        self.fields["minutes"].initial = record.minutes
        self.fields["minutes"].help_text = f"志愿者登记的是{length_words(record.minutes)}，不能比它长"

    confirmed_as = forms.ChoiceField(label="电话里是谁确认的", choices=ON_THE_PHONE, widget=forms.RadioSelect)
    minutes = MinutesField(label="服务了多少分钟")
    satisfied = forms.TypedChoiceField(
        label="满意吗", required=False, coerce=lambda text: {"yes": True, "no": False}.get(text), empty_value=None,
        choices=[("", "没有问到"), ("yes", "满意"), ("no", "不满意")],
    )  # fmt: skip
    words = forms.CharField(label="他还说了什么", max_length=200, required=False)


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=200)
