"""Records leave for the national volunteer system, each once (rule book 10.18)."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.common import audit
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceRecord, Volunteer
from apps.volunteers.models.scoped import OfTeams
from apps.volunteers.rules.national import NationalColumns, hours

from .shifts import begins_at

MOST_ROWS = 20_000
ID_CARD = "居民身份证"
REVEALS = "people.reveal_citizen_id"


def waiting(rows: OfTeams, first: dt.date, until: dt.date, *, again: bool) -> QuerySet[ServiceRecord]:
    """Confirmed records of days [first, until) that have not left yet; with `again` those that have, too."""
    found = rows.current().filter(state=RecordState.CONFIRMED, on__gte=first, on__lt=until)
    return found if again else found.filter(exported_at__isnull=True)


@transaction.atomic
def take_out(rows: QuerySet[ServiceRecord], *, actor: User, now: dt.datetime, reason: str) -> list[ServiceRecord]:
    """Marks the rows as exported and returns them, oldest first: two who export at once share none (the second waits
    and finds fewer). `rows` comes from `waiting`. Audited with everybody in it. Raises BusinessError where there is
    nothing, or too much for one file. See rule book 10.18."""
    keys = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
    if not keys:
        raise BusinessError("这段时间没有还没导出的记录。要重新导，请勾上“导过的也再导一次”。", code="empty")
    if len(keys) > MOST_ROWS:
        raise BusinessError(f"超过 {MOST_ROWS} 条，请把日期分短一些。", code="many", field="last")
    ServiceRecord.objects.filter(pk__in=keys).update(exported_at=now)
    taken = list(
        ServiceRecord.objects.filter(pk__in=keys)
        .select_related("volunteer__person", "team", "project").order_by("on", "starts", "pk")
    )  # fmt: skip
    people = sorted({row.volunteer_id for row in taken})
    audit.record("record.export", actor=actor, people=people, reason=reason, target="volunteers.servicerecord")
    return taken


def columns_on(on: dt.date) -> NationalColumns:
    return rule_values(NationalColumns.rule_key, on=on)


def asks_for_ids(columns: NationalColumns) -> bool:
    return any(content == "证件号码" for _, content in columns.pairs())


def revealable(user: User, rows: QuerySet[ServiceRecord]) -> set[int]:
    """Whose citizen id among those of the rows this user may see: by the unit that registered the volunteer."""
    mine = Volunteer.objects.visible_to(user, REVEALS)
    return set(mine.filter(pk__in=rows.order_by().values("volunteer")).values_list("pk", flat=True)[:MOST_ROWS])


def cells(taken: list[ServiceRecord], columns: NationalColumns, revealed: set[int]) -> list[list[str]]:
    """Rows of text in the order of the columns; the number only of `revealed`, empty for the others."""
    services = names_of("volunteer_service")
    wanted = [content for _, content in columns.pairs()]
    return [[_text(row, content, services, revealed) for content in wanted] for row in taken]


def _text(row: ServiceRecord, content: str, services: dict[str, str], revealed: set[int]) -> str:
    name = row.project.name if row.project else services.get(row.service, "")
    shown = row.volunteer_id in revealed
    return {
        "姓名": row.volunteer.person.name,
        "证件类型": ID_CARD,
        "证件号码": (row.volunteer.person.citizen_id or "") if shown else "",
        "志愿者编号": row.volunteer.national_no,
        "项目名称": name,
        "服务类别": services.get(row.service, ""),
        "志愿队": row.team.name,
        "服务日期": f"{row.on:%Y-%m-%d}",
        "服务开始时间": f"{begins_at(row.on, row.starts):%Y-%m-%d %H:%M}",
        "服务结束时间": f"{begins_at(row.on, row.ends):%Y-%m-%d %H:%M}",
        "服务时长（小时）": hours(row.minutes),
        "服务时长（分钟）": str(row.minutes),
        "服务地点": row.place,
        "服务内容": row.content or services.get(row.service, ""),
        "服务评价": row.evaluation,
    }[content]
