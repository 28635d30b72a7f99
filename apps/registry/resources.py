"""Lists that leave the portal: columns by right, cell by cell within the scope of that right, every person logged.

The rows to export are fixed when somebody asks (their keys, encrypted); scope and rights are asked again when the job
runs. Ids, phones and accounts are text cells.
"""

import datetime
import io
from array import array
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone
from import_export import fields, resources

from apps.accounts.models import User
from apps.common import attachments, audit, change_log
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Attachment, Job
from apps.common.partial_date import PartialDate
from apps.common.workbook.writer import write_csv, write_sheet
from apps.people.choices import CODE_LISTS as PERSON_CODES

from .choices import CODE_LISTS as CADRE_CODES
from .models import Cadre
from .services.export import CHUNK, EXPORT, KEEP_DAYS, KIND
from .wording import age_of, birthday_words

CODE_LISTS = PERSON_CODES | CADRE_CODES
NOT_YOURS = "（无权查看）"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTACT, HEALTH, CITIZEN_ID, BANK = (
    "people.view_contact", "registry.view_health", "people.reveal_citizen_id", "registry.view_bank",
)  # fmt: skip


class Column(fields.Field):
    """An export column: `right` is needed on each person beside the export right, `is_text` writes text cells."""

    def __init__(self, label: str, path: str = "", *, right: str = "", is_text: bool = False, group: str = "基本"):
        super().__init__(attribute=path.replace(".", "__") or None, column_name=label, readonly=True)
        self.path = path.split(".") if path else []
        self.right = right
        self.is_text = is_text
        self.group = group

    def export(self, instance, **kwargs):
        """The field in the words of the screens; plain numbers and dates stay what they are."""
        row = instance
        for name in self.path[:-1]:
            row = getattr(row, name, None)
            if row is None:
                return ""
        item = row._meta.get_field(self.path[-1])
        value = getattr(row, item.attname)
        if value in (None, "", []):
            return ""
        if item.is_relation:
            return str(getattr(row, item.name))
        if isinstance(value, bool):
            return "是" if value else ""
        if isinstance(value, PartialDate):
            return str(value)
        if isinstance(value, int | datetime.date) and not item.choices:
            return value
        return change_log.shown(item, value, CODE_LISTS, {})


class CadreResource(resources.Resource):
    """Cadres as rows of a list; a column is a field, its heading what the screens call it."""

    name = Column("姓名", "person.name")
    sex = Column("性别", "person.sex")
    age = Column("年龄")
    birth_date = Column("出生日期（档案）", "person.birth_date")
    birthday = Column("过生日")
    citizen_id = Column("身份证号", right=CITIZEN_ID, is_text=True)
    former_name = Column("曾用名", "person.former_name")
    ethnicity = Column("民族", "person.ethnicity")
    native_place = Column("籍贯", "person.native_place")
    political_status = Column("政治面貌", "person.political_status")
    life_status = Column("存亡状态", "person.life_status")
    died_on = Column("离世时间", "person.died_on")
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
    phones = Column("电话", right=CONTACT, is_text=True, group="联系")
    residence = Column("现居住地址", "person.residence", right=CONTACT, is_text=True, group="联系")
    community = Column("社区", "person.community", group="联系")
    emergency = Column("紧急联系人", right=CONTACT, is_text=True, group="联系")
    reach_by = Column("怎样联系", "person.reach_by", group="联系")
    reach_note = Column("联系说明", "person.reach_note", right=CONTACT, group="联系")
    marital = Column("婚姻状况", "marital", group="家庭")
    living = Column("居住方式", "living", group="家庭")
    children_count = Column("子女数", "children_count", group="家庭")
    special_difficulties = Column("特殊困难", "special_difficulties", group="家庭")
    wishes = Column("希望得到的服务", "wishes", group="家庭")
    lives_away = Column("异地居住", "lives_away", group="家庭")
    note = Column("备注", "note", group="家庭")
    condition = Column("健康状况", "health.condition", right=HEALTH, group="健康")
    ability = Column("自理能力", "health.ability", right=HEALTH, group="健康")
    seriously_ill = Column("患重病", "health.seriously_ill", right=HEALTH, group="健康")
    in_hospital_since = Column("住院自", "health.in_hospital_since", right=HEALTH, group="健康")
    bank_account = Column("银行账号", "bank_account", right=BANK, is_text=True, group="发放")
    pension = Column("养老金（离休费）", "pension", right=BANK, is_text=True, group="发放")

    def dehydrate_age(self, cadre) -> int | str:
        age = age_of(cadre.person, timezone.localdate())
        return "" if age is None else age

    def dehydrate_birthday(self, cadre) -> str:
        return birthday_words(cadre.person)

    def dehydrate_citizen_id(self, cadre) -> str:
        return cadre.person.citizen_id

    def dehydrate_phones(self, cadre) -> str:
        return "、".join(phone.number for phone in cadre.person.phones.all())

    def dehydrate_emergency(self, cadre) -> str:
        return "、".join(
            f"{relative.name} {relative.phone}".strip()
            for relative in cadre.person.relatives.all()
            if relative.is_emergency and relative.voided_at is None
        )


DEFAULT_COLUMNS = ("name", "sex", "age", "retire_type", "former_post", "managing_unit")


def columns_for(user) -> dict[str, Column]:
    """Columns that a user may export at all, by key, in order."""
    columns = CadreResource.fields
    return {key: column for key, column in columns.items() if not column.right or user.has_perm(column.right)}


def export_rows(user, keys: Sequence[int], chosen: Sequence[str], progress=None) -> Iterator[list]:
    """Rows of the export in the order of `keys`, read in chunks; people outside the export right are left out, cells
    outside a column's own right say so."""
    resource = CadreResource()
    columns = [(key, resource.fields[key]) for key in chosen]
    rights = {column.right for _, column in columns if column.right}
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        rows = Cadre.objects.visible_to(user, EXPORT).filter(pk__in=chunk)
        rows = rows.select_related("person", "person__community", "managing_unit", "counting_unit", "health")
        found = {cadre.pk: cadre for cadre in rows.prefetch_related("person__phones", "person__relatives")}
        allowed = {
            right: set(Cadre.objects.visible_to(user, right).filter(pk__in=chunk).values_list("pk", flat=True))
            for right in rights
        }
        for key in chunk:
            if (cadre := found.get(key)) is not None:
                yield [
                    resource.export_field(column, cadre)
                    if not column.right or key in allowed[column.right]
                    else NOT_YOURS
                    for _, column in columns
                ]
        if progress:
            progress(min(start + CHUNK, len(keys)))


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
            filename=f"老干部名单{timezone.localdate():%Y%m%d}-{job.pk}.{job.params['format']}",
            content_type=XLSX_TYPE if job.params["format"] == "xlsx" else "text/csv",
            actor=user,
            keep_days=KEEP_DAYS,
        )
        Job.objects.filter(pk=job.pk).update(output=job.output)
    return {"rows": count, "columns": len(chosen)}


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
        ("提醒", "内部资料，含个人信息，按用途使用，用完删除。"),
    ]
    count = write_sheet(
        stream,
        "",
        header,
        rows,
        text_columns={column.column_name for column in columns if column.is_text},
        sheet_name="老干部名单",
        notes=notes,
    )
    return stream.getvalue(), count
