"""Forms of rule sets, made from the dataclass of each kind, of the unit tree, and of the yearly notice."""

import dataclasses
import datetime
import types
import typing
from decimal import Decimal
from enum import Enum

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.common.workbook import FileRefused, Limits, read

from . import rules
from .barred import barred_entries, bars
from .choices import BarredKind
from .models import Unit
from .notices import Reading, read_notice

PREFIX = "value_"
LEAST_BARRED = 3
NOTICE_LIMITS = Limits(file_size=1024 * 1024, rows=2000, columns=20, wall_seconds=20)
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_ERRORS = 8


def rule_form(key: str) -> type["RuleSetForm"]:
    """A form class with one labelled field for each value of rule kind `key`."""
    kind = rules.kinds()[key]
    hints = typing.get_type_hints(type(kind.defaults))
    fields = {
        PREFIX + field.name: value_field(hints[field.name], kind.labels[field.name])
        for field in dataclasses.fields(kind.defaults)
    }
    return type("RuleSetForm", (RuleSetForm,), {"kind": kind, **fields})


def value_field(hint, label: str) -> forms.Field:
    """The form field of one value: enumerations by their names, several values by ticking or with commas."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        field = value_field(inner, label)
        field.required = False
        return field
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        if isinstance(inner, type) and issubclass(inner, Enum):
            widget = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(label=label, choices=_names(inner), widget=widget, required=False)
        return CommaField(label=label, required=False)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return forms.ChoiceField(label=label, choices=_names(hint))
    if hint is bool:
        return forms.BooleanField(label=label, required=False)
    plain = {int: forms.IntegerField, Decimal: forms.DecimalField, datetime.date: forms.DateField}
    return plain.get(hint, forms.CharField)(label=label)


def _names(enumeration) -> list[tuple]:
    return [(member.value, getattr(member, "label", member.value)) for member in enumeration]


class CommaField(forms.CharField):
    """Several plain values in one line, with Chinese or Western commas."""

    def __init__(self, **kwargs):
        super().__init__(help_text="多个值用逗号分隔", **kwargs)

    def prepare_value(self, value):
        return value if isinstance(value, str) else "，".join(str(item) for item in value or ())

    def to_python(self, value):
        text = super().to_python(value).replace("，", ",").replace("、", ",")
        return [part.strip() for part in text.split(",") if part.strip()]


class RuleSetForm(RecordForm):
    """Values of one kind over its defaults; each wrong one gets its sentence at its field."""

    kind: rules.RuleKind

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stored = {} if self.instance.pk is None else self.instance.values
        defaults = dataclasses.asdict(self.kind.defaults)
        for name, default in defaults.items():
            self.initial.setdefault(PREFIX + name, plain(stored.get(name, default)))

    def clean(self):
        cleaned = super().clean()
        values = {
            name.removeprefix(PREFIX): plain(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX)
        }
        for name, value in values.items():
            try:
                rules.build(self.kind.key, {name: value})
            except ValueError as error:
                if str(error).startswith("“"):
                    self.add_error(PREFIX + name, str(error))
        if not self.errors:
            try:
                rules.build(self.kind.key, values)
            except ValueError as error:
                self.add_error(None, str(error))
        self.instance.kind, self.instance.values = self.kind.key, values
        return cleaned


def plain(value):
    """As JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal | datetime.date):
        return str(value)
    return value


class UnitForm(RecordForm):
    """A unit and where it hangs in the tree."""

    parent = forms.ModelChoiceField(Unit.objects.all(), label="上级单位", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "parent" in self.fields:
            self.initial["parent"] = Unit.objects.get_parent(self.instance)

    def clean(self):
        values = super().clean()
        entries = barred_entries(BarredKind.UNIT)
        for name in ("name", "short_name", "aliases"):
            typed = self.cleaned_data.get(name) or ""
            text = "、".join(typed) if isinstance(typed, list) else typed
            if sentence := bars(text, entries):
                self.add_error(name, sentence)
        return values


class BarredEntryForm(RecordForm):
    takes_marks = True

    def clean_name(self):
        name = "".join(self.cleaned_data["name"].split())
        if len(name) < LEAST_BARRED:
            raise forms.ValidationError(f"请写得具体些，至少 {LEAST_BARRED} 个字，否则会拦下不相干的内容。")
        return name


class CloseUnitForm(PortalForm):
    """Closing a unit or merging it into another."""

    on = forms.DateField(label="撤并日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    successor = forms.ModelChoiceField(
        Unit.objects.none(), label="并入单位", required=False, help_text="撤销而不并入别的单位时空着"
    )
    reason = forms.CharField(label="依据（文号）", max_length=200)
    submit_label = "登记撤并"


class NoticeForm(PortalForm):
    """`reading` holds the days after `is_valid`."""

    year = forms.IntegerField(label="哪一年的安排", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    document_no = forms.CharField(label="文号", max_length=80, help_text="例如 国办发明电〔2025〕7号")
    text = forms.CharField(
        label="通知内容",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="把通知原文整段贴进来；或者每行写“日期 安排 节日”，例如 2026-02-14 上班 春节。",
    )
    file = forms.FileField(label="或者上传表格", required=False, help_text="列：日期、安排（放假或上班）、节日")
    whole_year = forms.BooleanField(
        label="这一年以这份为准，表里其余的日子作废", required=False, help_text="通知改过才需要勾。"
    )

    reading = Reading()

    def clean(self):
        values = super().clean()
        text = values.get("text", "")
        if values.get("file"):
            text = self.rows_of(values["file"])
        if not self.errors:
            self.reading = read_notice(text, year=values["year"])
            for sentence in self.reading.errors[:MOST_ERRORS]:
                self.add_error("text", sentence)
        return values

    def rows_of(self, upload) -> str:
        """The first sheet with anything on it, as lines of text."""
        try:
            sheets = read(upload.read(), upload.name, NOTICE_LIMITS)
        except FileRefused as refusal:
            self.add_error("file", refusal.sentence)
            return ""
        rows = next((sheet.rows for sheet in sheets if any(sheet.rows)), [])
        return "\n".join("\t".join(_cell(value) for value in row) for row in rows)


def _cell(value) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()
