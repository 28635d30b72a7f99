"""Forms of evaluation, at the desk and in the admin: what is typed; the services decide."""

from decimal import Decimal, InvalidOperation

from django import forms

from apps.branches.choices import HonourLevel, ItemNature
from apps.branches.models import EvaluationLine, Organisation, Standard
from apps.branches.rules.evaluation import plain
from apps.branches.services.evaluation_decisions import Checked
from apps.branches.services.evaluations import Given, ItemFacts
from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.common.scans import ACCEPT
from apps.organisation.models import Unit

from .dues import YuanField
from .life import KeyedForm
from .memberships import DAY

LONG = forms.Textarea(attrs={"rows": 3})
POINTS = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
PASTE_COLUMNS = "栏目、内容、分值、性质"
NATURES = {label: value for value, label in ItemNature.choices} | {"加分": "bonus", "扣分": "deduction", "": "normal"}
WIDEST = {"section": 40, "text": 300}


class PointsField(forms.DecimalField):
    """Points with at most two decimals; 分 may be typed."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 6, "decimal_places": 2, "min_value": 0, "widget": POINTS, **kwargs})
        self.error_messages["invalid"] = "请写数字，例如 8 或 4.5。"

    def to_python(self, value):
        return super().to_python(value.replace("分", "").strip() if isinstance(value, str) else value)


def points_field(line: EvaluationLine, label: str, value) -> PointsField:
    return PointsField(
        label=label, required=False, max_value=line.item.points, initial=plain(value),
        error_messages={"max_value": f"最多 {plain(line.item.points)} 分。"},
    )  # fmt: skip


class PartForm(PortalForm):
    """The self-assessment of one section: points, a note and files an item. Empty points mean not filled yet."""

    submit_label = "保存这一部分"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args, lines: list[EvaluationLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            pk = line.item_id
            self.fields[f"p{pk}"] = points_field(line, f"第 {line.item.number} 条自评分", line.self_points)
            self.fields[f"n{pk}"] = forms.CharField(
                label="说明", max_length=300, required=False, widget=LONG, initial=line.self_note
            )

    def rows(self, evidence: dict) -> list[dict]:
        """Lines with their two fields and the files they have, for the page."""
        return [
            {
                "item": line.item, "most": plain(line.item.points), "points": self[f"p{line.item_id}"],
                "note": self[f"n{line.item_id}"], "file": f"f{line.item_id}", "evidence": evidence.get(line.pk, []),
                "accept": ACCEPT,
            }
            for line in self.lines
        ]  # fmt: skip

    def given(self) -> dict[int, Given]:
        values = self.cleaned_data
        return {
            line.item_id: Given(values[f"p{line.item_id}"], values[f"n{line.item_id}"]) for line in self.lines
        }  # fmt: skip


class StoryForm(PortalForm):
    submit_label = "保存事迹材料"
    seen = forms.IntegerField(widget=forms.HiddenInput)
    story = forms.CharField(
        label="事迹材料", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="做了什么、怎么做的、老同志怎么说；不写身份证号、病情",
    )  # fmt: skip


class CheckForm(PortalForm):
    """初核 or 复核: points and a note an item."""

    submit_label = "保存复核"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args, lines: list[EvaluationLine], column: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        stage = EvaluationLine._meta.get_field(column).verbose_name
        for line in lines:
            pk, value = line.item_id, getattr(line, column)
            if column == "verified_points" and value is None:
                value = line.self_points
            self.fields[f"p{pk}"] = points_field(line, f"第 {line.item.number} 条{stage}", value)
            self.fields[f"n{pk}"] = forms.CharField(
                label=f"第 {line.item.number} 条说明", max_length=300, required=False, initial=line.verify_note
            )

    def rows(self, evidence: dict) -> list[dict]:
        return [
            {
                "line": line, "item": line.item, "most": plain(line.item.points), "self": plain(line.self_points),
                "first": plain(line.verified_points), "points": self[f"p{line.item_id}"],
                "note": self[f"n{line.item_id}"], "evidence": evidence.get(line.pk, []),
            }
            for line in self.lines
        ]  # fmt: skip

    def checked(self) -> dict[int, Checked]:
        values = self.cleaned_data
        return {line.item_id: Checked(values[f"p{line.item_id}"], values[f"n{line.item_id}"]) for line in self.lines}


class VerifyForm(CheckForm):
    """初核 with how it was done."""

    submit_label = "核查完，保存"
    visit = ("verified_on", "verifiers", "heard", "inspected", "visited", "talked", "opinion")
    verified_on = forms.DateField(label="核查日期", widget=DAY)
    verifiers = forms.CharField(label="核查人", max_length=120)
    heard = forms.BooleanField(label="听了汇报", required=False)
    inspected = forms.BooleanField(label="查了台账", required=False)
    visited = forms.BooleanField(label="看了现场", required=False)
    talked = forms.BooleanField(label="开了座谈", required=False)
    opinion = forms.CharField(label="核查意见", max_length=500, required=False, widget=LONG)

    def visit_fields(self):
        return [self[name] for name in self.visit]

    def facts(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.visit}


class ReturnForm(PortalForm):
    submit_label = "退回"
    reason = forms.CharField(
        label="退回原因", max_length=200, widget=LONG, help_text="要改哪几条、怎么改，填报的人会看到"
    )


class DeclineForm(PortalForm):
    submit_label = "不命名"
    on = forms.DateField(label="决定日期", widget=DAY)
    reason = forms.CharField(label="原因和改进方向", max_length=200, widget=LONG, help_text="填报的人会看到")


class NameForm(PortalForm):
    submit_label = "命名"
    level = forms.ChoiceField(label="命名级别", choices=[("", "请选择"), *HonourLevel.choices])
    decided_on = forms.DateField(label="命名日期", widget=DAY)
    document_no = forms.CharField(label="命名文号", max_length=60, required=False)
    plaque_no = forms.CharField(label="牌匾编号", max_length=40, required=False)
    valid_until = forms.DateField(label="有效期至", widget=DAY, required=False, help_text="不填就按规则里的有效年数算")


class RewardForm(PortalForm):
    submit_label = "登记奖补"
    amount = YuanField(label="奖补金额（元）", max_digits=12)
    on = forms.DateField(label="奖补日期", widget=DAY)
    purpose = forms.CharField(label="用途", max_length=120, help_text="例如 添置学习用书和活动器材")


class LectureForm(KeyedForm):
    """A 微党课 as the branch tells it."""

    submit_label = "记下来"
    title = forms.CharField(label="题目", max_length=80)
    speaker = forms.CharField(label="主讲人", max_length=60)
    held_on = forms.DateField(label="哪天讲的", widget=DAY)
    summary = forms.CharField(label="内容简介", max_length=500, required=False, widget=LONG)
    meeting = forms.TypedChoiceField(label="在哪次会上讲的", coerce=int, required=False, empty_value=None)

    def __init__(self, *args, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].choices = [("", "不是在会上讲的"), *meetings]


def read_lines(text: str) -> list[ItemFacts]:
    """Items pasted one a line, columns by tab or | : section, text, points, nature. ValidationError names the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.replace("｜", "|").replace("\t", "|").split("|")]
        found.append(_read_line(number, [*cells, "", "", ""][:4]))
    return found


def _read_line(number: int, cells: list[str]) -> ItemFacts:
    section, text, points, nature = cells
    if not section or not text:
        raise forms.ValidationError(f"第 {number} 行：要有栏目和内容，各列用 | 或制表符隔开（{PASTE_COLUMNS}）。")
    if len(section) > WIDEST["section"] or len(text) > WIDEST["text"]:
        raise forms.ValidationError(f"第 {number} 行：栏目不超过 40 字，内容不超过 300 字。")
    try:
        value = Decimal(points.removesuffix("分").strip())
    except InvalidOperation:
        raise forms.ValidationError(f"第 {number} 行：分值“{points}”不是数字。") from None
    if not value.is_finite() or not 0 < value < 1000 or value != round(value, 2):
        raise forms.ValidationError(f"第 {number} 行：分值要大于 0、小于 1000，最多两位小数。")
    if nature not in NATURES:
        raise forms.ValidationError(f"第 {number} 行：性质写基本项、加分项或扣分项，不写就是基本项。")
    return ItemFacts(section, text, value, NATURES[nature])


class StandardForm(RecordForm):
    """A standard; its items are pasted with it, one a line."""

    lines = forms.CharField(
        label="内容（一行一条）", required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="每行：栏目 | 内容 | 分值 | 性质（不写就是基本项），可从 Excel 复制四列粘贴",
    )  # fmt: skip

    class Meta:
        model = Standard
        fields = ["name", "subject", "year_from", "document_no", "closed_on"]
        widgets = {"closed_on": DAY}

    def clean_lines(self) -> list[ItemFacts]:
        return read_lines(self.cleaned_data["lines"])


class OpenForm(PortalForm):
    """A year's evaluation for an organisation with those below it, or for a unit with those below it."""

    submit_label = "开展评估"
    standard = forms.ModelChoiceField(Standard.objects.none(), label="按哪个标准")
    year = forms.IntegerField(label="年度", min_value=1990, max_value=2100)
    due_on = forms.DateField(label="呈报期限", widget=DAY)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="哪个党组织", required=False, help_text="选一个，连同它下面的党支部一起开"
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="哪个单位", required=False, help_text="标准是评单位的才选，连同下属单位一起开"
    )

    def __init__(self, *args, standards, organisations, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["standard"].queryset = standards
        self.fields["organisation"].queryset = organisations
        self.fields["unit"].queryset = units

    def clean(self):
        values = super().clean()
        standard = values.get("standard")
        if standard is None:
            return values
        needed, other = ("organisation", "unit") if standard.subject == "branch" else ("unit", "organisation")
        if not values.get(needed) and needed not in self.errors:
            self.add_error(needed, "请选择。")
        if values.get(other):
            self.add_error(other, "这个标准不评这一类，请不要选。")
        return values
