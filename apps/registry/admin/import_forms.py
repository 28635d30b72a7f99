"""Forms of the import pages: the file, what no column says, and the clerk's yes."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.accounts.access import unit_ids_for
from apps.common.forms import PortalForm
from apps.organisation.models import Unit
from apps.registry.choices import RetireType
from apps.registry.models import ImportBatch
from apps.registry.roster.answers import CREATE, NO_BIRTHDAY, Answers
from apps.registry.roster.known import PERMISSION

MOST_BYTES = 10 * 1024 * 1024
LEAVE = ""


class UploadForm(PortalForm):
    """A roster file. One that was imported before is taken only when the clerk says so."""

    submit_label = "上传并检查"
    file = forms.FileField(
        label="名册文件",
        help_text=".xlsx、.xls 或 .csv，不超过 10 MB。上传后先检查，您看过再决定导不导入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择名册文件。", "empty": "文件是空的，请重新选择文件。"},
    )
    again = forms.BooleanField(label="这个文件导入过，再检查一次", required=False, widget=forms.HiddenInput)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError("文件超过 10 MB，请分成几个文件上传。")
        return file

    def ask_again(self, batch: ImportBatch) -> None:
        """The same bytes went in before: say when, and let him insist."""
        self.fields["again"].widget = forms.CheckboxInput()
        self.add_error(
            "file",
            f"这个文件已作为第 {batch.pk} 批导入过（{batch.applied_at:%Y-%m-%d}）。"
            "要再检查一次，请勾选下面一项，重新选择文件。",
        )


class AnswersForm(PortalForm):
    """One field for each question of the preview; what was answered before is filled in."""

    submit_label = "按这些回答检查"

    def __init__(self, *args, user, batch: ImportBatch, preview: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.batch, self.preview = user, batch, preview
        self.given = Answers.from_json(batch.options)
        self.ids = unit_ids_for(user, PERMISSION)
        asked = set(preview["questions"])
        if len(preview["sheets"]) > 1:
            self._add_sheet()
        if "retire_type" in asked or self.given.retire_type:
            self._add_retire_type()
        if "unit" in asked or self.given.unit_id:
            self._add_unit()
        if "calendar" in asked or self.given.calendar:
            self._add_calendar()
        for number, unknown in enumerate(preview["unknown_units"]):
            self._add_unknown(number, unknown)
        if preview.get("namesakes"):
            self._add_namesakes()

    def _add_sheet(self) -> None:
        self.fields["sheet"] = forms.ChoiceField(
            label="读哪一张表",
            choices=[(name, name) for name in self.preview["sheets"]],
            initial=self.given.sheet or self.preview["sheet"],
            widget=forms.RadioSelect,
        )

    def _add_retire_type(self) -> None:
        self.fields["retire_type"] = forms.ChoiceField(
            label="没有写离退休类型的人，是哪一种？",
            choices=RetireType.choices,
            initial=self.given.retire_type,
            widget=forms.RadioSelect,
            error_messages={"required": "请选一种。"},
        )

    def _add_unit(self) -> None:
        first = Unit.objects.filter(pk=self.given.unit_id).first()
        self.fields["unit"] = forms.CharField(
            label="没有写单位的人，归哪个单位管？",
            help_text="写单位全称或单位代码",
            initial=first.name if first else "",
            widget=forms.TextInput(attrs={"list": "units"}),
            error_messages={"required": "请写明单位。"},
        )

    def _add_calendar(self) -> None:
        self.fields["calendar"] = forms.ChoiceField(
            label="没有写阳历农历的人，生日按什么过？",
            choices=[
                ("solar", "按阳历（出生日期）"),
                ("lunar", "按农历（由出生日期换算）"),
                (NO_BIRTHDAY, "先不定，以后逐人登记"),
            ],
            initial=self.given.calendar or "solar",
            widget=forms.RadioSelect,
        )

    def _add_unknown(self, number: int, unknown: dict) -> None:
        near = [(str(pk), f"就是“{name}”") for pk, name in unknown["nearest"] if pk in self.ids]
        self.fields[f"unit_{number}"] = forms.ChoiceField(
            label=f"单位表里没有“{unknown['name']}”（{unknown['rows']} 人）",
            choices=[*near, (CREATE, "新建这个单位"), (LEAVE, "先不导入这些人")],
            initial=self.given.units.get(unknown["name"], LEAVE),
            required=False,
            widget=forms.RadioSelect,
        )

    def _add_namesakes(self) -> None:
        self.fields["apart"] = forms.MultipleChoiceField(
            label="同名同出生日期，但确实是另一个人的",
            help_text="核对过证件再勾选；不勾选的先不导入",
            choices=[
                (str(item["row"]), f"第 {item['row']} 行 {item['value']}：{item['reason']}")
                for item in self.preview["namesakes"]
            ],
            initial=[str(row) for row in self.given.apart],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def units(self):
        """Names offered while typing."""
        return Unit.objects.open().filter(pk__in=self.ids).order_by("path")[:500] if "unit" in self.fields else []

    def clean_unit(self):
        text = self.cleaned_data["unit"].strip()
        found = Unit.objects.open().filter(Q(name=text) | Q(code=text), pk__in=self.ids).first()
        if found is None:
            raise ValidationError("您负责的单位里没有这个名称或代码，请写单位全称。")
        return found.pk

    def answers(self) -> Answers:
        data = self.cleaned_data
        units = dict(self.given.units)
        for number, unknown in enumerate(self.preview["unknown_units"]):
            choice = data.get(f"unit_{number}", LEAVE)
            if choice:
                units[unknown["name"]] = CREATE if choice == CREATE else int(choice)
        return Answers(
            sheet=data.get("sheet") or self.given.sheet,
            retire_type=data.get("retire_type") or self.given.retire_type,
            unit_id=data.get("unit") or self.given.unit_id,
            calendar=data.get("calendar") or self.given.calendar,
            units=units,
            create_units=self.given.create_units,
            apart=tuple({*self.given.apart, *(int(row) for row in data.get("apart", ()))}),
        )


class ConfirmForm(PortalForm):
    """The clerk's yes. Rows with warnings need a reason, or stay out."""

    submit_label = "导入"
    version = forms.IntegerField(widget=forms.HiddenInput)
    warned = forms.ChoiceField(
        label="有提醒的行",
        choices=[("take", "核对过，一起导入"), ("leave", "先不导入，留在“需要修改的行”里")],
        widget=forms.RadioSelect,
        initial="take",
    )
    reason = forms.CharField(
        label="一起导入的理由",
        help_text="例如：以干部档案认定为准。选“先不导入”时不用写",
        max_length=200,
        error_messages={"required": "有提醒的行一起导入，要写明理由。"},
    )

    def __init__(self, *args, batch: ImportBatch, **kwargs):
        super().__init__(*args, **kwargs)
        if not batch.counts.get("warned"):
            del self.fields["warned"], self.fields["reason"]
        elif self.is_bound:
            self.fields["reason"].required = self.data.get("warned") != "leave"

    def decision(self) -> dict:
        """Arguments of `services.roster.confirm`."""
        data = getattr(self, "cleaned_data", {})
        return {
            "reason": data.get("reason", ""),
            "skip_warned": data.get("warned") == "leave",
            "version": data.get("version"),
        }
