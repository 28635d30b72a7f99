"""Forms of an election: one question or one table a screen; the services decide."""

import uuid

from django import forms

from apps.branches.choices import ExclusionCategory, NominatedBy, PostKind, ShiftKind
from apps.branches.rules.elections import MOST
from apps.branches.rules.sizes import COMMITTEE
from apps.common.admin_forms import say_required
from apps.common.forms import PortalForm

from .memberships import DAY


class Heads(forms.IntegerField):
    """A number of heads or papers."""

    def __init__(self, label: str, **more):
        values = {"min_value": 0, "max_value": MOST, "label": label, **more}
        super().__init__(**values)
        self.widget.attrs.setdefault("inputmode", "numeric")


class PersonField(forms.ModelChoiceField):
    """One of few people, by name; the year of birth tells two of the same name apart."""

    def __init__(self, label: str, **more):
        super().__init__(**{"queryset": None, "label": label, "empty_label": "请选一位", **more})

    def label_from_instance(self, obj):
        born = str(obj.birth_date or "")[:4]
        return f"{obj.name}（{born}年生）" if born else obj.name


class KeyedForm(PortalForm):
    """Carries a key that becomes the record's: sent twice it is one."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class PlanForm(KeyedForm):
    """What the branch sets before it asks."""

    seats = forms.IntegerField(
        label="应选几名", min_value=1, max_value=20, help_text="设支委会的填委员名额（一般 3 到 5）；不设的填 1 或 2"
    )
    planned_on = forms.DateField(label="打算哪天开选举大会", widget=DAY)
    place = forms.CharField(label="在哪里开", max_length=80, required=False)
    without_vote = Heads(
        "留党察看、现在没有表决权的正式党员有几名", initial=0, help_text="没有就填 0。预备党员不用算，已经除开"
    )
    submit_label = "保存"


class BeginForm(PlanForm):
    submit_label = "开始准备换届"


class SentForm(PortalForm):
    """A paper goes out on a day under a number. `state` is the step the page was opened at."""

    state = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label="报出日期", widget=DAY)
    document_no = forms.CharField(label="文号", max_length=60, required=False, help_text="没有编号可以不填")
    submit_label = "已报上级"


class SendForm(PortalForm):
    """A list goes out."""

    state = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label="日期", widget=DAY)
    submit_label = "填好了，报上级"


YES_NO = (("yes", "同意"), ("no", "不同意，退回"))


class AnswerForm(PortalForm):
    """The superior's answer."""

    state = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(label="答复", choices=YES_NO, widget=forms.RadioSelect)
    on = forms.DateField(label="答复日期", widget=DAY)
    document_no = forms.CharField(label="批复文号", max_length=60, required=False)
    note = forms.CharField(
        label="意见", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回的要写明原因",
    )  # fmt: skip
    submit_label = "答复"


class ApproveForm(PortalForm):
    """The superior's reply to the result."""

    state = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label="批复日期", widget=DAY)
    document_no = forms.CharField(label="批复文号", max_length=60)
    note = forms.CharField(label="意见", max_length=200, required=False)
    submit_label = "批复选举结果"


class CandidateForm(KeyedForm):
    """Somebody who may stand."""

    person = PersonField("姓名", help_text="按姓氏笔画排列；预备党员没有被选举权，不在名单里")
    nominated_by = forms.ChoiceField(
        label="怎样提名的",
        choices=[one for one in NominatedBy.choices if one[0] != NominatedBy.WRITTEN_IN],
    )
    recommended = Heads("推荐票数", required=False)
    examined = forms.BooleanField(label="支部已考察，符合条件", required=False)
    consented = forms.BooleanField(label="本人同意做候选人", required=False)
    submit_label = "保存"

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class ExclusionForm(KeyedForm):
    """A member who is not counted among those who must come."""

    person = PersonField("姓名")
    category = forms.ChoiceField(label="原因", choices=ExclusionCategory.choices, widget=forms.RadioSelect)
    submit_label = "加入名单"

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class RowForm(forms.Form):
    """One line of a table of small forms, with our sentence where something is missing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            say_required(field)


class ExclusionAnswerForm(RowForm):
    """One line of the superior's answer."""

    agrees = forms.ChoiceField(label="答复", choices=(("", "请选"), ("yes", "同意"), ("no", "不同意")))


class AgreeForm(PortalForm):
    """What belongs to the whole answer."""

    state = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label="答复日期", widget=DAY)
    document_no = forms.CharField(label="批复文号", max_length=60, required=False)
    note = forms.CharField(label="意见", max_length=200, required=False)


class MeetingForm(PortalForm):
    """Who came. With a list of those not counted, the meeting votes on it first."""

    state = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label="大会日期", widget=DAY)
    place = forms.CharField(label="地点", max_length=80, required=False)
    present = Heads("到会的正式党员有几名", min_value=1, help_text="预备党员不算；清点后填写，不用填姓名")
    agreed = forms.MultipleChoiceField(
        label="大会通过不计入应到人数的", required=False, widget=forms.CheckboxSelectMultiple
    )
    hands = Heads("举手赞成这份名单的有几名", help_text="要超过到会人数的一半，名单才算通过")
    adopted = forms.BooleanField(
        label="大会已举手通过选举办法和监票人名单",
        error_messages={"required": "大会先通过选举办法和监票人，才能投票。"},
    )
    submit_label = "到会人数无误，开始投票"

    def __init__(self, *args, exclusions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreed"].choices = [
            (one.pk, f"{one.person.name}（{one.get_category_display()}）") for one in exclusions
        ]
        if not exclusions:
            del self.fields["agreed"], self.fields["hands"]


class CountForm(PortalForm):
    """The head of a signed count sheet."""

    state = forms.CharField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)
    issued = Heads("发出选票几张")
    returned = Heads("收回选票几张")
    invalid = Heads("其中废票几张", initial=0)
    tellers = forms.CharField(label="监票人、计票人姓名", max_length=80, help_text="计票单上签字的同志")


class VoteForm(RowForm):
    """One candidate's line of the sheet."""

    in_favour = Heads("赞成")
    against = Heads("反对", initial=0)
    abstained = Heads("弃权", initial=0)


class WrittenInForm(RowForm):
    """A name on the blank line of the papers."""

    person = PersonField("姓名", required=False, empty_label="没有")
    votes = Heads("得票", required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people

    def clean(self):
        values = super().clean()
        if bool(values.get("person")) != bool(values.get("votes")) and not self.errors:
            raise forms.ValidationError("另选他人：姓名和票数要一起填。")
        return values


class ReduceForm(PortalForm):
    """The meeting leaves seats open."""

    hands = Heads("举手赞成减少名额的有几名")
    submit_label = "减少名额，不再选"


class PostForm(RowForm):
    """Which post one of the elected is to take."""

    post = forms.ChoiceField(
        label="职务", choices=[("", "请选"), *((one.value, one.label) for one in PostKind if one in COMMITTEE)]
    )


class SeatForm(PortalForm):
    """The day the new committee begins."""

    state = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label="从哪天起任职", widget=DAY, help_text="原班子同一天卸任，新任期从这天算起")
    submit_label = "新班子任职"


class CancelForm(PortalForm):
    reason = forms.CharField(label="为什么取消", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    submit_label = "取消这次换届"


class MethodForm(PortalForm):
    text = forms.CharField(
        label="选举办法", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 20}),
        help_text="一条一段。清空后保存，就恢复成范本",
    )  # fmt: skip


class ShiftForm(KeyedForm):
    """Later or earlier than the term says."""

    kind = forms.ChoiceField(label="延期还是提前", choices=ShiftKind.choices, widget=forms.RadioSelect)
    until = forms.DateField(label="改到哪天", widget=DAY)
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    on = forms.DateField(label="请示日期", widget=DAY)
    submit_label = "报上级"


class ShiftAnswerForm(PortalForm):
    agrees = forms.ChoiceField(label="答复", choices=(("yes", "同意"), ("no", "不同意")), widget=forms.RadioSelect)
    on = forms.DateField(label="答复日期", widget=DAY)
    document_no = forms.CharField(label="批复文号", max_length=60, required=False, help_text="同意的要填")
    answer = forms.CharField(label="意见", max_length=200, required=False, help_text="不同意的要写明原因")
    submit_label = "答复"
