"""Forms of one aid application: what is typed; the services decide. One class serves the whole form of staff and the
screens of one question (`only`)."""

import uuid
from collections.abc import Collection

from django import forms
from django.utils import timezone

from apps.branches.forms.dues import YuanField
from apps.common.forms import PortalForm
from apps.common.scans import ACCEPT, HELP
from apps.ledgers.choices.aid import AidApplicant, AidHelp, AidKind, EvidenceKind
from apps.ledgers.models import AidApplication, Measure
from apps.ledgers.services.aid import AidFacts

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONG = {"rows": 4}
STALE = "页面放得太久了，请刷新以后再填一次。"
MONEY = ("income", "expense", "medical")


def text_area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class AidForm(PortalForm):
    """What an application says. `situations`: (code, words) that the rules name; `only`: fields to keep; `living`:
    whether the old comrade lives, which decides who may apply."""

    submit_label = "下一步"
    applicant = forms.ChoiceField(label="谁申请", widget=forms.RadioSelect)
    applicant_name = forms.CharField(label="申请人姓名", required=False, max_length=60, help_text="不是本人申请的才写")
    applicant_relation = forms.CharField(
        label="与老同志的关系", required=False, max_length=30, help_text="例如 妻子、儿子、单位老干部科"
    )
    kind = forms.ChoiceField(label="哪方面有困难", choices=AidKind.choices, widget=forms.RadioSelect)
    situations = forms.MultipleChoiceField(
        label="是哪种情形", widget=forms.CheckboxSelectMultiple, help_text="可以选几种",
        error_messages={"required": "请至少选一种。"},
    )  # fmt: skip
    help = forms.ChoiceField(
        label="希望怎样帮", choices=AidHelp.choices, widget=forms.RadioSelect, initial=AidHelp.CASH,
        help_text="人力：请人上门照料、陪诊、修理等，不发钱",
    )  # fmt: skip
    household = forms.CharField(
        label="家里有几口人，都是谁", required=False, max_length=500, widget=text_area(),
        help_text="例如 三口：我和老伴，残疾儿子同住",
    )  # fmt: skip
    income = YuanField(label="全家每月收入（元）", required=False, help_text="退休费、补贴、家人工资加起来，约数就行")
    expense = YuanField(label="全家每月支出（元）", required=False, help_text="约数就行")
    medical = YuanField(
        label="一年自费的医药费（元）", required=False, help_text="报销以后自己掏的，约数就行；没有写 0"
    )
    housing = forms.CharField(
        label="住房情况", required=False, max_length=200, help_text="例如 自有住房一套，70 平方米；或者租住"
    )
    statement = forms.CharField(
        label="说说家里的困难", max_length=2000, widget=text_area(6), help_text="几句话就行，可以用手机的语音输入"
    )
    requested = YuanField(label="希望帮多少元", required=False)
    kin_at_bureau = forms.CharField(
        label="有没有亲属在老干部局工作", required=False, max_length=120,
        help_text="有的写姓名，几个人用“、”隔开，审批时要回避；没有就空着",
    )  # fmt: skip
    late_reason = forms.CharField(
        label="不在申请期的原因", required=False, max_length=200, help_text="申请期以外登记的才写，例如 突发重病、受灾"
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE})

    def __init__(
        self, *args, situations: list[tuple[str, str]], only: Collection[str] = (), living: bool = True, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fields["situations"].choices = situations
        dead = [(AidApplicant.SURVIVOR.value, AidApplicant.SURVIVOR.label)]
        alive = [(one.value, one.label) for one in AidApplicant if one != AidApplicant.SURVIVOR]
        self.fields["applicant"].choices = alive if living else dead
        self.fields["applicant"].initial = (alive if living else dead)[0][0]
        if not living:
            self.fields["applicant_name"].required = self.fields["applicant_relation"].required = True
            self.fields["applicant_name"].help_text = "办理的遗属"
        self.fields["key"].initial = uuid.uuid4
        for name in [name for name in self.fields if only and name not in only]:
            del self.fields[name]

    def clean(self):
        values = super().clean()
        other = values.get("applicant") not in (None, AidApplicant.SELF)
        if other and "applicant_name" in self.fields and not (values.get("applicant_name") or "").strip():
            self.add_error("applicant_name", "不是本人申请的，请写申请人姓名。")
        wanted = "requested" in self.fields and values.get("help") == AidHelp.CASH
        if wanted and values.get("requested") is None and not self.has_error("requested"):
            self.add_error("requested", "请写希望帮多少元。")
        return values

    def facts(self) -> AidFacts:
        return facts_from(self.cleaned_data)


def facts_from(values: dict) -> AidFacts:
    """An application as the services take it; sums of the family become texts."""
    found = {name: values[name] for name in AidFacts.__dataclass_fields__ if values.get(name) not in (None, "")}
    for name in MONEY:
        if name in found:
            found[name] = f"{found[name]:f}" if not isinstance(found[name], str) else found[name]
    if found.get("help") == AidHelp.MANPOWER:
        found.pop("requested", None)
    return AidFacts(**found)


def initial_of(row: AidApplication) -> dict:
    """What the form of an application begins with."""
    return {name: getattr(row, name) for name in AidFacts.__dataclass_fields__}


class ChangeForm(AidForm):
    """Correct or complete it; carries the version it was opened at."""

    submit_label = "保存"
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["late_reason"], self.fields["key"]


class OnForm(PortalForm):
    """The day of a step, today unless said otherwise."""

    on = forms.DateField(label="日期", widget=DAY)

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"on": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")
        return day


class VerifyForm(OnForm):
    submit_label = "记下核实情况"
    on = forms.DateField(label="哪天核实的", widget=DAY)
    verifiers = forms.CharField(label="谁去核实的", max_length=120, help_text="最好两个人，例如 刘敏、王芳")
    visited = forms.BooleanField(label="到家里看过", required=False, initial=True)
    findings = forms.CharField(label="看到的情况", max_length=1000, widget=text_area(4), required=False)


class SignForm(OnForm):
    submit_label = "登记单位签章"
    on = forms.DateField(label="签章日期", widget=DAY)
    signer = forms.CharField(label="单位签字人", max_length=60)
    opinion = forms.CharField(label="单位意见", max_length=300, widget=text_area(2), initial="情况属实，同意上报。")
    file = forms.FileField(
        label="盖章后的申请表扫描件",
        required=False,
        help_text=HELP,
        widget=forms.ClearableFileInput({"accept": ACCEPT}),
    )


class ReviewForm(OnForm):
    submit_label = "通过初审"
    on = forms.DateField(label="初审日期", widget=DAY)
    proposed = YuanField(label="建议金额（元）", required=False, help_text="人力帮扶不填")
    opinion = forms.CharField(label="初审意见", max_length=500, widget=text_area(3))


class EndForm(OnForm):
    submit_label = "确定"
    reason = forms.CharField(label="原因", max_length=200, widget=text_area(2), help_text="申请人会看到；不要写病情")


class FamilyForm(OnForm):
    submit_label = "登记"
    name = forms.CharField(label="遗属姓名", max_length=60)
    relation = forms.CharField(label="与老同志的关系", max_length=30, help_text="例如 妻子、儿子")


class RevisitForm(OnForm):
    submit_label = "记下回访"
    on = forms.DateField(label="哪天回访的", widget=DAY)
    note = forms.CharField(
        label="现在怎样", max_length=200, widget=text_area(2), help_text="困难缓解了没有，今年要不要再帮；不要写病情"
    )


class ReceiptForm(OnForm):
    submit_label = "登记签收"
    on = forms.DateField(label="签收日期", widget=DAY)
    receiver = forms.CharField(label="谁签收的", max_length=60)
    relation = forms.CharField(label="代领的，是老同志的什么人", required=False, max_length=30)
    file = forms.FileField(
        label="收条扫描件", required=False, help_text=HELP, widget=forms.ClearableFileInput({"accept": ACCEPT})
    )


class FileForm(PortalForm):
    submit_label = "加上"
    kind = forms.ChoiceField(label="哪种证明", choices=EvidenceKind.choices)
    file = forms.FileField(label="文件", help_text=HELP, widget=forms.ClearableFileInput({"accept": ACCEPT}))


class MeasureField(forms.ModelChoiceField):
    def label_from_instance(self, measure: Measure) -> str:
        return f"{measure.what}（{measure.need}，{measure.due_on}前）"


class LinkForm(PortalForm):
    submit_label = "对应上"
    measure = MeasureField(
        Measure.objects.none(), label="一人一策里答应的哪件事", required=False, empty_label="（不对应）",
        help_text="签收以后，这件事自动记为办好",
    )  # fmt: skip

    def __init__(self, *args, cadre_id: int, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Measure.objects.open().filter(need__cadre=cadre_id, need__closed_on__isnull=True)
        self.fields["measure"].queryset = rows.select_related("need")


class UndoForm(PortalForm):
    """Nothing to fill in; names the step the user saw."""

    submit_label = "撤回这一步"
    step = forms.IntegerField(widget=forms.HiddenInput)
