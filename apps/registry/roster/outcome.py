"""What came of a batch, for its page."""

import datetime as dt
import io
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from apps.common.workbook.writer import write_sheet
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre, ImportBatch, ImportExtra

from .known import PERMISSION

MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class ExtraOutcome:
    """How many of what the roster said for rooms above came to the same: still open where `outcome` is empty."""

    label: str
    outcome: str
    people: int


def extras_of(batch: ImportBatch) -> list[ExtraOutcome]:
    rows = batch.extras.values_list("kind", "outcome").annotate(people=Count("pk")).order_by("kind", "-people")[:20]
    return [ExtraOutcome(ImportExtra.Kind(kind).label, outcome, people) for kind, outcome, people in rows]


def kept_by_undo(batch: ImportBatch, user) -> list[Cadre]:
    """People whom undo left alone because somebody changed them since: those this user may see, the first hundred."""
    kept = batch.undo_result.get("kept", [])
    rows = Cadre.objects.visible_to(user).filter(pk__in=kept).select_related("person", "managing_unit")
    return list(rows.order_by("person__name_sort_key", "pk")[:MOST_KEPT])


def missing_from(batch: ImportBatch, user) -> QuerySet[Cadre]:
    """Those whom a full roster did not name, as far as this user may import into their units; voided ones are gone."""
    rows = Cadre.objects.current().visible_to(user, PERMISSION).filter(pk__in=batch.missing)
    rows = rows.select_related("person", "managing_unit")
    return rows.order_by("managing_unit__path", "person__name_sort_key", "pk")


def missing_row(cadre: Cadre) -> dict[str, object]:
    person = cadre.person
    is_living = person.life_status == LifeStatus.LIVING
    return {
        "pk": cadre.pk,
        "name": person.name,
        "sex": person.get_sex_display() if person.sex in "12" else "",
        "birth": person.birth_date.display() if person.birth_date else "",
        "unit": cadre.managing_unit.name,
        "retire_type": cadre.get_retire_type_display(),
        "status": "" if is_living else person.get_life_status_display(),
    }


def missing_workbook(batch: ImportBatch, user, today: dt.date) -> tuple[bytes, list[int]]:
    """(.xlsx, person ids in it): to be checked with the units and filled in."""
    people = [missing_row(cadre) for cadre in missing_from(batch, user)]
    header = ["姓名", "性别", "出生日期", "单位", "离退休类型", "状态", "核对结果"]
    keys = ("name", "sex", "birth", "unit", "retire_type", "status")
    rows = ([*(row[key] for key in keys), None] for row in people)
    notes = [
        ("来源", f"第 {batch.pk} 批导入的全部名单，{today:%Y年%-m月%-d日} 打印。"),
        ("说明", "名册里有、这次名单上没有的人。请核对是离世、调走还是漏报；名册没有改动他们。"),
    ]
    stream = io.BytesIO()
    write_sheet(stream, "本次名单没有的人", header, rows, notes=notes)
    return stream.getvalue(), [int(str(row["pk"])) for row in people]
