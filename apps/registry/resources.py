"""Lists that leave the portal: columns by right, cell by cell within the scope of that right, every person logged.

The rows to export are fixed when somebody asks (their keys, encrypted); scope and rights are asked again when the job
runs. Ids, phones and accounts are text cells.
"""

import io
from array import array
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import BooleanField, Prefetch
from django.utils import timezone
from import_export import fields, resources

from apps.accounts.models import User
from apps.common import attachments, audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.fields import PartialDateField
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Attachment, Job
from apps.common.workbook.writer import write_csv, write_sheet
from apps.people.choices import CODE_LISTS as PERSON_CODES
from apps.people.models import Phone, Relative

from .choices import CODE_LISTS as CADRE_CODES
from .models import Cadre
from .orders import ORDERS
from .services.export import CHUNK, EXPORT, KEEP_DAYS, KIND
from .wording import age_of, birthday_words

CODE_LISTS = PERSON_CODES | CADRE_CODES
NOT_YOURS = "（无权查看）"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTACT, HEALTH, CITIZEN_ID, BANK, HOLD = (
    "people.view_contact", "registry.view_health", "people.reveal_citizen_id", "registry.view_bank",
    "registry.view_hold",
)  # fmt: skip


class Column(fields.Field):
    """An export column: a field of the cadre (`path`), or what `make` says of him from the fields it `needs`.

    `right` is needed on each person beside the export right; `is_text` writes text cells.
    """

    def __init__(self, label: str, path: str = "", *, make=None, needs=(), right="", is_text=False, group="基本"):
        super().__init__(attribute=path or None, column_name=label, readonly=True)
        self.path = path
        self.make = make
        self.needs = needs or (path,)
        self.right = right
        self.is_text = is_text
        self.group = group

    def export(self, instance, **kwargs):
        return self.reader({})(instance)

    def related_model(self):
        """The model a foreign key points to; None for other columns."""
        return self._item().remote_field.model if self.path and self._item().is_relation else None

    def _item(self):
        model = Cadre
        *steps, last = self.path.split("__")
        for step in steps:
            model = model._meta.get_field(step).related_model
        return model._meta.get_field(last)

    def reader(self, names: dict):
        """A function from a cadre to the cell; `names` holds words of related rows by (model, key), read meanwhile."""
        if self.make is not None:
            return self.make
        item = self._item()
        step = self.path.rpartition("__")[0]
        words = _words_of(item, names)

        def read(cadre):
            row = getattr(cadre, step, None) if step else cadre
            value = getattr(row, item.attname) if row is not None else None
            return "" if value is None or value == "" or value == [] else words(value)

        return read


def _words_of(item, names: dict):
    """How a stored value of a model field is written: as on the screens; plain numbers and dates stay what they are."""
    if item.is_relation:
        model = item.remote_field.model
        return lambda key: names[model, key] if (model, key) in names else str(model._base_manager.get(pk=key))
    if item.name in CODE_LISTS:
        codes = names_of(CODE_LISTS[item.name])
        return lambda value: (
            "、".join(codes.get(code, code) for code in value) if isinstance(value, list) else codes.get(value, value)
        )
    if item.choices:
        labels = dict(item.flatchoices)
        return lambda value: str(labels.get(value, value))
    if isinstance(item, BooleanField):
        return lambda value: "是" if value else ""
    return str if isinstance(item, PartialDateField) else lambda value: value


def _age(cadre) -> int | str:
    age = age_of(cadre.person, timezone.localdate())
    return "" if age is None else age


def _birthday(cadre) -> str:
    return birthday_words(cadre.person)


def _phones(cadre) -> str:
    person = cadre.person
    phones = person.exported_phones if hasattr(person, "exported_phones") else person.phones.all()
    return "、".join(phone.number for phone in phones)


def _emergency(cadre) -> str:
    person = cadre.person
    marked = person.exported_relatives if hasattr(person, "exported_relatives") else person.relatives.all()
    return "、".join(
        f"{relative.name} {relative.phone}".strip()
        for relative in marked
        if relative.is_emergency and relative.voided_at is None
    )


BIRTHDAY_FIELDS = tuple(f"person__birthday_{part}" for part in ("calendar", "month", "day", "leap", "greeting"))


class CadreResource(resources.Resource):
    """Cadres as rows of a list; a column is a field, its heading what the screens call it."""

    name = Column("姓名", "person__name")
    sex = Column("性别", "person__sex")
    age = Column("年龄", make=_age, needs=("person__birth_date", "person__died_on", "person__life_status"))
    birth_date = Column("出生日期（档案）", "person__birth_date")
    birthday = Column("过生日", make=_birthday, needs=BIRTHDAY_FIELDS)
    citizen_id = Column("身份证号", "person__citizen_id", right=CITIZEN_ID, is_text=True)
    former_name = Column("曾用名", "person__former_name")
    ethnicity = Column("民族", "person__ethnicity")
    native_place = Column("籍贯", "person__native_place")
    political_status = Column("政治面貌", "person__political_status")
    life_status = Column("存亡状态", "person__life_status")
    died_on = Column("离世时间", "person__died_on")
    retire_type = Column("离退休类型", "retire_type", group="类型和待遇")
    managing_unit = Column("管理单位", "managing_unit", group="类型和待遇")
    counting_unit = Column("统计单位", "counting_unit", group="类型和待遇")
    leader_rank = Column("领导职务层次", "leader_rank", group="类型和待遇")
    grade_rank = Column("职级", "grade_rank", group="类型和待遇")
    treatment = Column("现享受待遇", "treatment", group="类型和待遇")
    treatment_document = Column("待遇批准文号", "treatment_document", group="类型和待遇", is_text=True)
    medical_treatment = Column("医疗待遇", "medical_treatment", group="类型和待遇")
    former_post = Column("职务（职级）", "former_post", group="工作")
    order_no = Column("排序号", "order_no", group="工作")
    work_start = Column("参加工作时间", "work_start", group="工作")
    retired_on = Column("离退休时间", "retired_on", group="工作")
    joined_party_on = Column("入党时间", "joined_party_on", group="工作")
    unit_nature = Column("原单位性质", "unit_nature", group="工作")
    education = Column("文化程度", "education", group="工作")
    phones = Column("电话", make=_phones, needs=("person",), right=CONTACT, is_text=True, group="联系")
    residence = Column("现居住地址", "person__residence", right=CONTACT, is_text=True, group="联系")
    community = Column("社区", "person__community", group="联系")
    emergency = Column("紧急联系人", make=_emergency, needs=("person",), right=CONTACT, is_text=True, group="联系")
    reach_by = Column("怎样联系", "person__reach_by", group="联系")
    reach_note = Column("联系说明", "person__reach_note", right=CONTACT, group="联系")
    marital = Column("婚姻状况", "marital", group="家庭")
    living = Column("居住方式", "living", group="家庭")
    children_count = Column("子女数", "children_count", group="家庭")
    special_difficulties = Column("特殊困难", "special_difficulties", group="家庭")
    wishes = Column("希望得到的服务", "wishes", group="家庭")
    lives_away = Column("异地居住", "lives_away", group="家庭")
    note = Column("备注", "note", group="家庭")
    condition = Column("健康状况", "health__condition", right=HEALTH, group="健康")
    ability = Column("自理能力", "health__ability", right=HEALTH, group="健康")
    seriously_ill = Column("患重病", "health__seriously_ill", right=HEALTH, group="健康")
    in_hospital_since = Column("住院自", "health__in_hospital_since", right=HEALTH, group="健康")
    bank_account = Column("银行账号", "bank_account", right=BANK, is_text=True, group="发放")
    on_hold = Column("公开活动须先请示", "on_hold", right=HOLD, group="公开活动")
    hold_reason = Column("须请示的原因", "hold_reason", right=HOLD, is_text=True, group="公开活动")
    pension = Column("养老金（离休费）", "pension", right=BANK, is_text=True, group="发放")


DEFAULT_COLUMNS = ("name", "sex", "age", "retire_type", "former_post", "managing_unit")


def columns_for(user) -> dict[str, Column]:
    """Columns that a user may export at all, by key, in order."""
    columns = CadreResource.fields
    return {key: column for key, column in columns.items() if not column.right or user.has_perm(column.right)}


def export_rows(user, keys: Sequence[int], chosen: Sequence[str], progress=None) -> Iterator[list]:
    """Rows of the export in the order of `keys`, read in chunks; people outside the export right are left out, cells
    outside a column's own right say so."""
    columns = [CadreResource.fields[key] for key in chosen]
    names: dict = {}
    readers = [(column.reader(names), column.right) for column in columns]
    rights = {column.right for column in columns if column.right}
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        found = {cadre.pk: cadre for cadre in _rows(user, chunk, columns)}
        _learn_names(names, columns, found.values())
        allowed = {
            right: set(Cadre.objects.visible_to(user, right).filter(pk__in=chunk).values_list("pk", flat=True))
            for right in rights
        }
        for cadre in (found[key] for key in chunk if key in found):
            yield [read(cadre) if not right or cadre.pk in allowed[right] else NOT_YOURS for read, right in readers]
        if progress:
            progress(min(start + CHUNK, len(keys)))


def _rows(user, chunk: list[int], columns: list[Column]):
    """Cadres of a chunk with exactly the fields that the columns need."""
    needs = {need for column in columns for need in column.needs} - {"person"}
    joined = {"person"} | {need.partition("__")[0] for need in needs if need.startswith("health__")}
    rows = Cadre.objects.visible_to(user, EXPORT).filter(pk__in=chunk).select_related(*joined)
    makers = {column.make for column in columns}
    if _phones in makers:
        phones = Phone.objects.only("public_id", "person_id", "number")
        rows = rows.prefetch_related(Prefetch("person__phones", phones, to_attr="exported_phones"))
    if _emergency in makers:
        marked = Relative.objects.filter(is_emergency=True, voided_at__isnull=True)
        rows = rows.prefetch_related(Prefetch("person__relatives", marked, to_attr="exported_relatives"))
    return rows.only("person__public_id", *needs)


def _learn_names(names: dict, columns: list[Column], cadres) -> None:
    """Words of the related rows that these cadres point to, each asked once an export."""
    for column in columns:
        model = column.related_model()
        if model is None:
            continue
        *steps, last = column.path.split("__")
        attname = f"{last}_id"
        rows = [getattr(cadre, steps[0]) if steps else cadre for cadre in cadres]
        wanted = {getattr(row, attname) for row in rows} - {None}
        wanted = [key for key in wanted if (model, key) not in names]
        names.update({(model, row.pk): str(row) for row in model._base_manager.filter(pk__in=wanted)} if wanted else {})


@job_kind(KIND)
def export_cadres(job: Job) -> dict:
    """Write the file of an asked export. Every person in it stands in the audit before the file can be fetched."""
    if job.output_id:
        return job.result
    user = User.objects.filter(pk=job.requested_by_id, is_active=True).first()
    if user is None or not user.has_perm(EXPORT):
        raise BusinessError("提出人现在没有导出的权限。", code="forbidden")
    keys = array("q")
    keys.frombytes(attachments.read(Attachment.objects.get(pk=job.params["keys"])))
    offered = columns_for(user)
    chosen = [key for key in job.params["columns"] if key in offered]
    if not chosen:
        raise BusinessError("选的栏目现在都没有权限导出。", code="forbidden")
    report_progress(job, 0, len(keys), "正在读取")
    rows = export_rows(user, keys, chosen, lambda done: report_progress(job, done, len(keys), "正在写表"))
    data, count = _written(job, user, [offered[key] for key in chosen], rows)
    with transaction.atomic():
        audit.record(
            "export",
            actor=user,
            people=Cadre.objects.visible_to(user, EXPORT).filter(pk__in=list(keys)).values_list("pk", flat=True),
            fields=chosen,
            reason=job.params["reason"],
            target=f"common.job:{job.pk}",
        )
        job.output = attachments.store(
            data,
            subject=f"common.job:{job.pk}",
            purpose="导出名单",
            filename=f"{list_title(job)}{timezone.localdate():%Y%m%d}-{job.pk}.{job.params['format']}",
            content_type=XLSX_TYPE if job.params["format"] == "xlsx" else "text/csv",
            actor=user,
            keep_days=KEEP_DAYS,
        )
        Job.objects.filter(pk=job.pk).update(output=job.output)
    return {"rows": count, "columns": len(chosen)}


def list_title(job: Job) -> str:
    """What the list is called, with the order it stands in."""
    order = job.params.get("order", "")
    return f"老干部名单{ORDERS[order].heading}" if order in ORDERS else "老干部名单"


def _written(job: Job, user: User, columns: list[Column], rows: Iterator[list]) -> tuple[bytes, int]:
    header = [column.column_name for column in columns]
    stream = io.BytesIO()
    if job.params["format"] == "csv":
        count = write_csv(stream, header, rows)
        return stream.getvalue(), count
    notes = [
        ("导出人", f"{user.display_name}（{user.username}）"),
        ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        ("编号", str(job.public_id)),
        ("用途", job.params["reason"]),
        ("栏目", "、".join(header)),
        ("提醒", "含个人信息，按用途使用，用完删除。"),
    ]
    count = write_sheet(
        stream,
        list_title(job) if job.params.get("order") else "",
        header,
        rows,
        text_columns={column.column_name for column in columns if column.is_text},
        sheet_name="老干部名单",
        notes=notes,
    )
    return stream.getvalue(), count
