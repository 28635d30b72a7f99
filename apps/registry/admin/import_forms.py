"""Forms of the import pages: the file, what no column says, and the clerk's yes."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.accounts.access import unit_ids_for
from apps.common.forms import PortalForm
from apps.organisation.models import Unit
from apps.registry.choices import RetireType
from apps.registry.models import ImportBatch
from apps.registry.roster.answers import CREATE, FULL, NO_BIRTHDAY, SUPPLEMENT, UPDATE, Answers
from apps.registry.roster.known import PERMISSION
from apps.registry.services.roster import one_upload

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 300
KINDS = [
    (SUPPLEMENT, "补充或更正：名册里有的人按表更新，没有的人新增"),
    (UPDATE, "只更新名册里已有的人，没有的不新增"),
    (FULL, "这些单位的全部名单：还要列出名册里有、名单上没有的人"),
]
LEAVE = ""


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or more; cleaned to a list."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(PortalForm):
    """Roster files that make one batch. What was imported before is taken only when the clerk says so."""

    submit_label = "上传并检查"
    contents_elsewhere = True
    file = SeveralFilesField(
        label="名册文件",
        help_text="可以一次选几个文件，也可以选一个 .zip 压缩包，合起来算一批；每个文件里的各张表都会读。"
        ".xlsx、.xls 或 .csv，加起来不超过 10 MB。上传后先检查，您看过再决定导不导入。",
        widget=SeveralFilesInput(attrs={"accept": ".xlsx,.xls,.csv,.zip,.et"}),
        error_messages={"required": "请选择名册文件。", "empty": "有一个文件是空的，请重新选择。"},
    )
    kind = forms.ChoiceField(
        label="这次传的是",
        choices=KINDS,
        initial=SUPPLEMENT,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一种。"},
    )
    again = forms.BooleanField(label="这个文件导入过，再检查一次", required=False, widget=forms.HiddenInput)

    def clean_file(self):
        files = self.cleaned_data["file"]
        if len(files) > MOST_FILES:
            raise ValidationError(f"一次最多选 {MOST_FILES} 个文件，请压缩成 .zip 或分成几次上传。")
        if sum(file.size for file in files) > MOST_BYTES:
            raise ValidationError("文件加起来超过 10 MB，请分成几次上传。")
        return files

    def upload(self) -> tuple[str, bytes, bool]:
        """(name, data, whether several files were put together)."""
        return one_upload([(file.name, file.read()) for file in self.cleaned_data["file"]])

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
        self._add_kind()
        if len(preview["labels"]) > 1:
            self._add_sheets()
        if "retire_type" in asked or self.given.retire_type:
            self._add_retire_type()
        self.unitless = [] if len(preview["parts"]) == 1 else preview["unitless"]
        if ("unit" in asked and not self.unitless) or self.given.unit_id:
            self._add_unit()
        for number, part in enumerate(self.unitless):
            self._add_sheet_unit(number, part)
        if "calendar" in asked or self.given.calendar:
            self._add_calendar()
        for number, unknown in enumerate(preview["unknown_units"]):
            self._add_unknown(number, unknown)
        if preview.get("namesakes"):
            self._add_namesakes()

    def _add_kind(self) -> None:
        self.fields["kind"] = forms.ChoiceField(
            label="这次传的是",
            choices=KINDS,
            initial=self.given.kind,
            widget=forms.RadioSelect,
            error_messages={"required": "请选一种。"},
        )

    def _add_sheets(self) -> None:
        self.fields["left_out"] = forms.MultipleChoiceField(
            label="不要读的表",
            help_text="都要读就不用勾",
            choices=[(name, name) for name in self.preview["labels"]],
            initial=list(self.given.left_out),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def _add_sheet_unit(self, number: int, part: dict) -> None:
        self.fields[f"sheet_unit_{number}"] = forms.CharField(
            label=f"{part['title']}（{part['rows']} 行）归哪个单位管？",
            help_text="写单位全称或单位代码",
            widget=forms.TextInput(attrs={"list": "units"}),
            error_messages={"required": "请写明单位。"},
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
                (str(item["key"]), f"{item['sheet']}第 {item['row']} 行 {item['value']}：{item['reason']}")
                for item in self.preview["namesakes"]
            ],
            initial=[str(row) for row in self.given.apart],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def units(self):
        """Names offered while typing."""
        if "unit" not in self.fields and not self.unitless:
            return []
        return Unit.objects.open().filter(pk__in=self.ids).order_by("path")[:500]

    def clean_unit(self):
        return self._unit_named(self.cleaned_data["unit"])

    def _unit_named(self, text: str) -> int:
        text = text.strip()
        found = Unit.objects.open().filter(Q(name=text) | Q(code=text), pk__in=self.ids).first()
        if found is None:
            raise ValidationError("您负责的单位里没有这个名称或代码，请写单位全称。")
        return found.pk

    def clean(self):
        data = super().clean()
        self.sheet_units: dict[str, int] = dict(self.given.sheet_units)
        for number, part in enumerate(self.unitless):
            name = f"sheet_unit_{number}"
            if name in self.cleaned_data:
                try:
                    self.sheet_units[part["label"]] = self._unit_named(self.cleaned_data[name])
                except ValidationError as problem:
                    self.add_error(name, problem)
        if len(self.cleaned_data.get("left_out", ())) == len(self.preview["labels"]) > 1:
            self.add_error("left_out", "所有的表都不读，就没有可导入的了。请至少留下一张。")
        return data

    def answers(self) -> Answers:
        data = self.cleaned_data
        units = dict(self.given.units)
        for number, unknown in enumerate(self.preview["unknown_units"]):
            choice = data.get(f"unit_{number}", LEAVE)
            if choice:
                units[unknown["name"]] = CREATE if choice == CREATE else int(choice)
        return Answers(
            kind=data.get("kind") or self.given.kind,
            left_out=tuple(data.get("left_out", self.given.left_out)),
            sheet_units=self.sheet_units,
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
