"""Projects of the volunteer teams, weekly shifts, what was served and what is to come. All by the services that the
pages use, each at the moment when it would have been done."""

import datetime as dt
import uuid

from django.utils import timezone

from apps.accounts.models import User
from apps.signups.choices import SignUpSource
from apps.signups.services.seats import sign_up
from apps.volunteers.choices.shifts import SignWay, TurnState
from apps.volunteers.models import Project, Shift, Team, TeamMember, Volunteer
from apps.volunteers.queries.fitting import refusals
from apps.volunteers.queries.turns import turns_of
from apps.volunteers.services.closing import Line, close_shift
from apps.volunteers.services.projects import publish_project
from apps.volunteers.services.records import refuse
from apps.volunteers.services.series import SeriesFacts, create_series
from apps.volunteers.services.sheets import Sheet, SheetLine, enter_sheet
from apps.volunteers.services.shifts import ShiftFacts, begins_at, create_shift
from apps.volunteers.services.turns import sign_in, sign_out

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
# 队, 项目, 服务类别, 做什么, 地点, 要求
PROJECTS = (
    ("云江市红耆志愿服务队", "敬老院陪伴", "company", "陪老人说话、读报、下棋。", "云江市社会福利院一楼大厅",
     "有耐心，不催老人"),
    ("南河银龄志愿服务队", "银龄便民日", "repair", "修小家电、磨剪刀、教用手机、理发。", "南河社区党群服务中心",
     "会一样手艺就行"),
    ("市第一人民医院银发导医队", "门诊导医", "guide", "门诊引路，帮老人用自助机。", "市第一人民医院门诊大厅",
     "能站两小时"),
    ("梧桐爱心驿站", "给独居老人送餐", "meal", "中午把饭送到门口，看看老人好不好。", "梧桐社区一楼",
     "会骑车最好，不爬高楼"),
)  # fmt: skip
DRAFT = ("云江市“五老”志愿服务队", "寒假四点半课堂", "teach", "陪孩子写作业、练字。", "市关工委会议室", "")


def write_shifts(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a project of these stands already, or without the teams."""
    teams = {team.name: team for team in Team.objects.current().select_related("unit")}
    if PROJECTS[0][0] not in teams or Project.objects.filter(name=PROJECTS[0][1]).exists():
        return
    clerk = staff["jingban"]
    projects = [_project(teams[row[0]], row, clerk, on) for row in PROJECTS if row[0] in teams]
    if DRAFT[0] in teams:
        _project(teams[DRAFT[0]], DRAFT, clerk, on, public=False)
    for place, project in enumerate(projects):
        _past(project, clerk, on, closed=place != 1)
    _weekly(projects[1], clerk, on)
    if len(projects) > 2:
        _weekly(projects[2], clerk, on, weekday=1)
    _today(projects[0], clerk, on)
    _paper(projects[0], clerk, on)


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return begins_at(day, hour * 60)


def _project(team: Team, row, clerk: User, on: dt.date, *, public: bool = True) -> Project:
    _, name, service, summary, place, conditions = row
    made = Project.objects.create(
        team=team, name=name, service=service, summary=summary, place=place, conditions=conditions,
        community=team.community,
    )  # fmt: skip
    return publish_project(made, actor=clerk, now=_moment(on - 60 * DAY, 9)) if public else made


def _members(team: Team, day: dt.date) -> list[Volunteer]:
    rows = TeamMember.objects.on(day).filter(team=team).values("volunteer")
    return list(Volunteer.objects.active().filter(pk__in=rows).select_related("person").order_by("pk"))


def _fill(shift: Shift, most: int, now: dt.datetime) -> None:
    """As many of the team as may, up to `most`: those beyond the places wait."""
    members = _members(shift.team, shift.on)
    refused = refusals(shift.offering, [row.pk for row in members], timezone.localdate(now))
    for row in [one for one in members if one.pk not in refused][:most]:
        sign_up(
            shift.offering, row.person, source=SignUpSource.WEB, actor=None, now=now,
            form_key=uuid.uuid5(shift.public_id, str(row.pk)),
        )  # fmt: skip


def _past(project: Project, clerk: User, on: dt.date, *, closed: bool) -> None:
    """Three weeks; of one project the last is still to be closed."""
    for weeks in (3, 2, 1):
        day = on - weeks * 7 * DAY + 2 * DAY
        if day >= on:
            day = on - DAY
        facts = ShiftFacts(team=project.team, project=project, on=day, starts=540, ends=660, capacity=5)
        shift = create_shift(facts, actor=clerk, now=_moment(day - 6 * DAY, 10))
        _fill(shift, 4, _moment(day - 5 * DAY, 10))
        for place, turn in enumerate(turns_of(shift)):
            sign_in(turn, begins_at(day, 530 + place * 5), SignWay.QR if place % 2 else SignWay.PAPER, clerk)
            if place != 1:
                sign_out(turn, begins_at(day, 655 + place * 5), SignWay.LEADER, clerk)
        if closed or weeks != 1:
            lines = {turn.pk: _line(place) for place, turn in enumerate(turns_of(shift))}
            close_shift(shift, lines, actor=clerk, now=_moment(day + DAY, 9))


def _line(place: int) -> Line:
    if place == 3:
        return Line(TurnState.ABSENT)
    if place == 2:
        return Line(TurnState.CAME, 550, 660, 90, "中间离开了一会儿")
    return Line(TurnState.CAME, 540, 660)


def _weekly(project: Project, clerk: User, on: dt.date, *, weekday: int = 4) -> None:
    facts = SeriesFacts(weekday, 540, 660, on + DAY, on + 180 * DAY, 4)
    series = create_series(project, facts, actor=clerk, now=_moment(on, 8))
    for shift in series.shifts.select_related("team", "offering").order_by("on")[:2]:
        _fill(shift, 5, _moment(on, 9))


def _today(project: Project, clerk: User, on: dt.date) -> None:
    """One that goes on all day, so that the leader's page has its buttons whenever it is looked at."""
    facts = ShiftFacts(team=project.team, project=project, on=on, starts=480, ends=1200, capacity=4)
    shift = create_shift(facts, actor=clerk, now=_moment(on - 5 * DAY, 9))
    _fill(shift, 3, _moment(on - 4 * DAY, 9))


def _paper(project: Project, clerk: User, on: dt.date) -> None:
    """A paper sheet of twelve days ago: most wait for the leader, one was refused."""
    day = on - 12 * DAY
    lines = [SheetLine(place, row.person.name, 840, 960) for place, row in enumerate(_members(project.team, day), 1)]
    sheet = Sheet(
        team=project.team, on=day, service=project.service, project=project,
        form_key=uuid.uuid5(project.public_id, "paper"),
    )  # fmt: skip
    entered = enter_sheet(sheet, lines, actor=clerk, now=_moment(day + DAY, 10))
    refuse(entered.records[-1:], reason="那天他在外地，没有参加", actor=clerk, now=_moment(day + 2 * DAY, 10))
