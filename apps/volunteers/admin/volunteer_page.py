"""What stands on one volunteer's page."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from apps.common.admin_pages import Block, day
from apps.registry.wording import age_of
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Volunteer
from apps.volunteers.queries.records import served_minutes
from apps.volunteers.queries.talent import SERVICES, SKILLS, when_words, where_words, words_of
from apps.volunteers.queries.volunteers import missing_words, papers_of, rules_of, stands, weekly_limits
from apps.volunteers.rules.times import day_words, length_words, span_words

from .links import page_of

STATEMENTS = ("材料", "自何日起", "到何日", "编号、保险公司", "请勿安排", "情况", "扫描件")
TEAMS = ("志愿服务队", "担任", "自何日起", "到何日")
LATEST = 10
RECORDS = ("日期", "服务", "志愿服务队", "时长", "情况")


def missing_of_page(volunteer: Volunteer) -> str:
    """Why nothing may be given him today; empty when he may serve."""
    today = timezone.localdate()
    papers = papers_of([volunteer.pk]).get(volunteer.pk, [])
    return missing_words(volunteer, papers, today, rules_of([volunteer], today)[volunteer.pk])


def blocks_of(volunteer: Volunteer, user, *, contact: bool) -> Iterable[Block]:
    today = timezone.localdate()
    person = volunteer.person
    age = age_of(person, today)
    said = volunteer.weekly_minutes
    gentle = length_words(weekly_limits([volunteer.pk], today)[volunteer.pk])
    yield Block(
        "能做什么、什么时候",
        facts=[
            ("年龄", f"{age} 岁" if age is not None else ""),
            ("登记单位", volunteer.unit), ("登记日期", day(volunteer.joined_on)),
            ("专长", words_of(volunteer.skills, SKILLS)), ("专长说明", volunteer.strengths),
            ("愿意做的服务", words_of(volunteer.wishes, SERVICES)), ("有空的时间", when_words(volunteer)),
            ("愿意去的地方", where_words(volunteer)),
            ("每周最多", length_words(said) if said else f"他没有说，按年龄最多{gentle}"),
            ("全国志愿服务系统编号", volunteer.national_no),
            *_contact(volunteer, contact),
        ],
    )  # fmt: skip
    papers = papers_of([volunteer.pk]).get(volunteer.pk, [])
    may_void = user.has_perm("volunteers.change_volunteerstatement")
    yield Block(
        "书面材料",
        columns=(*STATEMENTS, "办理") if may_void else STATEMENTS,
        rows=[_paper(row, today, may_void) for row in papers[:40]],
        empty="还没有交材料。点上面的“登记材料”。",
    )
    teams = volunteer.memberships.filter(voided_at__isnull=True).select_related("team").order_by("-starts_on", "-pk")
    yield Block(
        "所在的队",
        columns=TEAMS,
        rows=[
            [{"text": row.team.name, "url": reverse("admin:volunteers_team_change", args=[row.team_id])},
             row.get_role_display(), day(row.starts_on), day(row.ends_on)]
            for row in teams[:40]
        ],
        empty="还没有加入队。",
    )  # fmt: skip
    yield _turns(volunteer, today)
    yield _records(volunteer)


def _turns(volunteer: Volunteer, today) -> Block:
    rows = volunteer.turns.current().filter(shift__on__gte=today, state=TurnState.EXPECTED)
    rows = rows.select_related("shift__project", "shift__offering").order_by("shift__on", "shift__starts", "pk")
    return Block(
        "答应了、还没到的班次",
        columns=("日期", "时间", "服务", "地点"),
        rows=[
            [{"text": day_words(row.shift.on), "url": page_of("shift", row.shift_id)},
             span_words(row.shift.starts, row.shift.ends), str(row.shift.project or row.shift.offering.title),
             row.shift.place]
            for row in rows[:40]
        ],
        empty="没有。他可以在网上自己报名，也可以打开一个班次替他报。",
    )  # fmt: skip


def _records(volunteer: Volunteer) -> Block:
    rows = volunteer.records.filter(voided_at__isnull=True).select_related("project", "team")
    rows = list(rows.order_by("-on", "-starts", "pk")[: LATEST + 1])
    whole = f"{reverse('admin:volunteers_servicerecord_changelist')}?volunteer={volunteer.pk}"
    return Block(
        "最近的服务",
        columns=RECORDS,
        rows=[
            [{"text": day(row.on), "url": page_of("servicerecord", row.pk)},
             str(row.project) if row.project else words_of([row.service], SERVICES), row.team.name,
             length_words(row.minutes), row.get_state_display()]
            for row in rows[:LATEST]
        ],
        empty="还没有服务记录。",
        links=[{"label": "看全部服务记录", "url": whole}] if len(rows) > LATEST else [],
    )  # fmt: skip


def _contact(volunteer: Volunteer, contact: bool) -> list[tuple]:
    if not contact:
        return [("紧急联系人", "只给能看志愿者电话的同事看")]
    words = " ".join(part for part in (volunteer.contact_name, volunteer.contact_phone) if part)
    return [("紧急联系人", words)]


def _paper(row, today, may_void: bool) -> list:
    if row.starts_on > today:
        state = ("还没开始", "info")
    elif stands(row, today):
        state = ("有效", "done")
    else:
        state = ("已到期", "late")
    scan = ""
    if row.scan_id:
        scan = {"text": "查看", "url": reverse("admin:volunteers_volunteerstatement_file", args=[row.pk])}
    cells = [
        row.get_kind_display(), day(row.starts_on), day(row.ends_on) or "长期",
        " ".join(part for part in (row.document_no, row.insurer) if part), row.limits,
        {"text": "", "tag": state[0], "tone": state[1]}, scan,
    ]  # fmt: skip
    if may_void:
        void = reverse("admin:volunteers_volunteerstatement_void", args=[row.pk])
        cells.append({"text": "登错了，作废", "url": void})
    return cells


def figures_of(volunteer: Volunteer) -> list[dict]:
    today = timezone.localdate()
    first = today.replace(month=1, day=1)
    year = served_minutes([volunteer.pk], first, first.replace(year=today.year + 1))
    whole = served_minutes([volunteer.pk])
    return [
        {"label": f"{today.year}年志愿时长", "value": length_words(year.get(volunteer.pk, 0)), "note": "已确认的"},
        {"label": "累计志愿时长", "value": length_words(whole.get(volunteer.pk, 0)), "note": "已确认的"},
    ]
