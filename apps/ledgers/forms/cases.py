"""Forms of assessments, stays, check-ups, medicines, thoughts, families: shape only, services decide."""

from django import forms

from apps.common.choices import Source
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.ledgers.choices import Level, Method
from apps.ledgers.choices.assessment import Scale, ThoughtKind
from apps.ledgers.choices.medical import CheckUpState, FamilyEnd, Insured, StayResult
from apps.ledgers.services.assessments import AssessmentFacts
from apps.ledgers.services.check_ups import CheckUpFacts
from apps.ledgers.services.families import FamilyFacts
from apps.ledgers.services.medicines import MedicineFacts
from apps.ledgers.services.stays import OF_EVENTS, StayFacts
from apps.ledgers.services.thoughts import ThoughtFacts
from apps.people.models import Person, Relative
from apps.registry.choices import Ability, Living

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
LINES = forms.Textarea({"rows": 4})
KEEP = "已有的不显示；不改就空着"


def listed(label: str, code_list: str) -> forms.MultipleChoiceField:
    """Ticks from a code list; filled when the form is made, because lists are data."""
    field = forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)
    field.code_list = code_list
    return field


class CaseForm(PortalForm):
    """`who` is asked where the address names nobody; `form_key` makes a form sent twice one row."""

    who = forms.ModelChoiceField(Person.objects.none(), label="老同志")
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            if hasattr(field, "code_list"):
                field.choices = choices_of(field.code_list)


class AssessmentForm(CaseForm):
    assessed_on = forms.DateField(label="评估日期", widget=DATE)
    assessor = forms.CharField(label="评估人（机构）", max_length=80)
    scale = forms.ChoiceField(label="量表", choices=Scale)
    score = forms.IntegerField(
        label="得分", required=False, min_value=0, max_value=1000,
        help_text="国家标准满分 90，Barthel 满分 100；能力等级由得分自动得出",
    )  # fmt: skip
    scale_name = forms.CharField(label="其他量表的名称", required=False, max_length=40)
    told_level = forms.TypedChoiceField(
        label="其他量表评出的等级", required=False, coerce=int, empty_value=None,
        choices=[("", "（用其他量表才选）"), *Ability.choices],
    )  # fmt: skip
    dementia = forms.BooleanField(label="确诊痴呆", required=False, help_text="等级提高一级")
    mental = forms.BooleanField(label="确诊其他精神和行为障碍", required=False, help_text="等级提高一级")
    risk_events = forms.IntegerField(
        label="近 30 天照护风险事件（次）", min_value=0, max_value=99, initial=0,
        help_text="跌倒、噎食、自伤、走失等；两次以上提高一级",
    )  # fmt: skip
    coma = forms.BooleanField(label="昏迷", required=False, help_text="直接评为完全失能")
    seriously_ill = forms.BooleanField(label="患重病", required=False)
    frequent_illness = forms.BooleanField(label="高发病（常住院、慢性病多）", required=False)
    living = forms.ChoiceField(label="居住方式", required=False, choices=[("", "（没有问到）"), *Living.choices])
    difficulties = listed("特殊困难", "special_difficulty")
    wishes = listed("希望得到的服务", "service_need")
    note = forms.CharField(label="评估说明", required=False, max_length=2000, widget=LINES, help_text="加密保存")

    def facts(self) -> AssessmentFacts:
        skip = {"who", "form_key", "seen_version"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in skip}
        values |= {name: tuple(values[name]) for name in ("difficulties", "wishes")}
        return AssessmentFacts(**values)


class StayForm(CaseForm):
    hospital = forms.CharField(label="医院", max_length=80)
    admitted_on = forms.DateField(label="入院日期", widget=DATE)
    department = forms.CharField(label="科室", required=False, max_length=60)
    bed = forms.CharField(label="床位", required=False, max_length=20)
    condition = forms.CharField(label="病情", required=False, max_length=1000, widget=LINES, help_text="加密保存")
    source = forms.ChoiceField(label="怎样知道的", choices=Source)

    def facts(self) -> StayFacts:
        names = ("hospital", "admitted_on", "department", "bed", "condition", "source")
        return StayFacts(**{name: self.cleaned_data[name] for name in names})


class StayChangeForm(StayForm):
    """The day of admission is the event's; how it was learnt stays as it was."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["admitted_on"], self.fields["source"]
        self.fields["condition"].help_text = f"加密保存；{KEEP}"

    def facts_for(self, admitted_on) -> StayFacts:
        names = ("hospital", "department", "bed", "condition")
        return StayFacts(admitted_on=admitted_on, **{name: self.cleaned_data[name] for name in names})


class DischargeForm(PortalForm):
    discharged_on = forms.DateField(label="出院日期", widget=DATE)
    result = forms.ChoiceField(
        label="治疗结果", choices=[(value, label) for value, label in StayResult.choices if value not in OF_EVENTS]
    )
    note = forms.CharField(label="出院情况", required=False, max_length=1000, widget=LINES, help_text="加密保存")


class CheckUpForm(CaseForm):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    state = forms.ChoiceField(label="情况", choices=CheckUpState)
    done_on = forms.DateField(label="体检日期", required=False, widget=DATE, help_text="已体检的填")
    place = forms.CharField(label="体检机构", required=False, max_length=80)
    reason = forms.CharField(label="没参加的原因", required=False, max_length=100, help_text="没体检的填")
    findings = forms.CharField(label="体检结果", required=False, max_length=2000, widget=LINES, help_text="加密保存")
    recheck_by = forms.DateField(label="复查期限", required=False, widget=DATE, help_text="有异常要复查才填")
    rechecked_on = forms.DateField(label="已复查", required=False, widget=DATE)

    def facts(self) -> CheckUpFacts:
        skip = {"who", "form_key", "seen_version", "year"}
        return CheckUpFacts(**{name: value for name, value in self.cleaned_data.items() if name not in skip})


class CheckUpChangeForm(CheckUpForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["year"]
        self.fields["findings"].help_text = f"加密保存；{KEEP}"


class CheckUpGroupForm(PortalForm):
    """The same day and place for all ticked."""

    state = forms.ChoiceField(label="情况", choices=CheckUpState)
    done_on = forms.DateField(label="体检日期", required=False, widget=DATE, help_text="已体检的填")
    place = forms.CharField(label="体检机构", required=False, max_length=80)
    reason = forms.CharField(label="没参加的原因", required=False, max_length=100, help_text="没体检的填")

    def facts(self) -> CheckUpFacts:
        return CheckUpFacts(**self.cleaned_data)


class MedicineForm(CaseForm):
    name = forms.CharField(label="药名", max_length=100, help_text="加密保存")
    usage = forms.CharField(label="用法用量", required=False, max_length=200)
    insured = forms.ChoiceField(label="医保", required=False, choices=Insured)
    since = forms.DateField(label="自何日起", required=False, widget=DATE)

    def facts(self) -> MedicineFacts:
        return MedicineFacts(**{name: self.cleaned_data[name] for name in ("name", "usage", "insured", "since")})


class ThoughtForm(CaseForm):
    kind = forms.ChoiceField(label="类型", choices=ThoughtKind)
    happened_on = forms.DateField(label="哪一天", widget=DATE)
    method = forms.ChoiceField(label="方式", choices=Method)
    counsellor = forms.CharField(label="谁谈的（疏导人）", max_length=80)
    content_text = forms.CharField(label="情况", max_length=2000, widget=LINES, help_text="加密保存，只有授权的人能看")
    advice = forms.CharField(label="疏导和建议", required=False, max_length=1000, widget=LINES)
    follow_up_on = forms.DateField(label="哪天再了解", required=False, widget=DATE)

    def facts(self) -> ThoughtFacts:
        names = ("kind", "happened_on", "method", "counsellor", "advice", "follow_up_on")
        values = {name: self.cleaned_data[name] for name in names}
        return ThoughtFacts(content=self.cleaned_data["content_text"], **values)


class FamilyForm(CaseForm):
    relative = forms.ModelChoiceField(
        Relative.objects.none(), label="哪位家属", required=False, empty_label="（不在下面，填新的）"
    )
    name = forms.CharField(label="姓名", required=False, max_length=60, help_text="上面没有的才填")
    relation = forms.ChoiceField(label="和老同志的关系", required=False)
    phone = forms.CharField(label="电话", required=False, max_length=40)
    address = forms.CharField(label="住在哪里", required=False, max_length=60, help_text="只写到小区或乡镇")
    yearly = forms.BooleanField(label="每年慰问", required=False, initial=True)
    difficulties = listed("特殊困难", "special_difficulty")
    note = forms.CharField(label="情况", required=False, max_length=300, widget=LINES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "relation" in self.fields:
            self.fields["relation"].choices = choices_of("relation")

    def facts(self) -> FamilyFacts:
        skip = {"who", "form_key", "seen_version"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in skip}
        return FamilyFacts(**{**values, "difficulties": tuple(values["difficulties"])})


class FamilyChangeForm(FamilyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("relative", "name", "relation", "phone"):
            del self.fields[name]


class FamilyEndForm(PortalForm):
    because = forms.ChoiceField(
        label="为什么停止", choices=[item for item in FamilyEnd.choices if item[0] != FamilyEnd.LIVING]
    )
    note = forms.CharField(label="说明", required=False, max_length=200)


class FamilyVisitForm(PortalForm):
    """遗属慰问: when, how, who went, what was brought."""

    happened_on = forms.DateField(label="哪一天", widget=DATE)
    method = forms.ChoiceField(label="方式", choices=Method)
    leaders = forms.CharField(label="慰问领导", required=False, max_length=100)
    gifts = forms.CharField(label="慰问品", required=False, max_length=100)
    money = forms.DecimalField(label="慰问金（元）", required=False, min_value=0, max_digits=9, decimal_places=2)
    summary = forms.CharField(label="情况", required=False, max_length=1000, widget=LINES)
    form_key = forms.UUIDField(widget=forms.HiddenInput)


class ProposalForm(PortalForm):
    """What is decided on a proposed tier; another level than the proposed one says why."""

    level = forms.TypedChoiceField(label="定为", coerce=int, choices=Level, widget=forms.RadioSelect)
    effective_on = forms.DateField(label="自何日起", widget=DATE)
    note = forms.CharField(label="理由", required=False, max_length=200, help_text="不按建议定级的要写")
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, proposed: int, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.proposed = proposed

    def clean(self):
        values = super().clean()
        if values.get("level") not in (None, self.proposed) and not values.get("note", "").strip():
            self.add_error("note", "不按建议定级，请写明理由。")
        return values


class ProposalBatchForm(PortalForm):
    effective_on = forms.DateField(label="自何日起", widget=DATE)
    note = forms.CharField(label="说明", required=False, max_length=200)
