"""Teams of all kinds and some forty volunteers: cadres and others, with what they can do, when, and what they signed.
Everything by the services that the pages use."""

import datetime as dt
import random
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.branches.models import Organisation
from apps.common.partial_date import PartialDate
from apps.organisation.models import Community, Unit
from apps.people.choices import PhoneKind
from apps.people.models import Person, PersonAccount, Phone
from apps.people.services import save_person, save_phone
from apps.volunteers.choices.teams import TeamRole
from apps.volunteers.choices.volunteers import DayPart, StatementKind
from apps.volunteers.models import Team, TeamMember, TeamPlan, Volunteer
from apps.volunteers.queries.volunteers import age_of
from apps.volunteers.services.teams import TeamFacts, add_member, create_team, hand_over
from apps.volunteers.services.volunteers import VolunteerFacts, leave, record_statement, register

from .accounts import DEMO_PASSWORD, SINCE
from .sign_in import give_ways_in

DAY = dt.timedelta(days=1)
LEADER_PHONE = "13900001004"
# 队名, 类型, 单位, 社区序号, 品牌, 活动地点, 擅长, 愿意做, 简介
TEAMS = (
    ("云江市红耆志愿服务队", "red", "YJ", 0, "红耆陪伴", "市老干部活动中心二楼",
     ("care", "heart", "driving"), ("hospital", "company", "outing", "errand"),
     "离退休干部帮身边的老人：陪诊、陪聊、代买代办。"),
    ("南河银龄志愿服务队", "silver", "YJ", 1, "银龄便民日", "南河社区党群服务中心",
     ("repairing", "computer", "hair"), ("repair", "phone", "haircut"), "每周四上午在社区修小家电、教用手机、理发。"),
    ("云江市“五老”志愿服务队", "five", "YJ", 2, "五老讲堂", "市关工委会议室",
     ("teaching", "arts"), ("teach", "culture"), "老干部、老战士、老专家、老教师、老模范陪伴下一代。"),
    ("云江市银发专家服务团", "experts", "YJ", None, "银发下乡", "市老科协",
     ("farming", "medicine", "building"), ("health", "teach", "other"), "为乡镇、学校和企业出主意、带徒弟。"),
    ("夕阳红法律援助队", "legal", "YJ", 3, "夕阳红法律门诊", "市公共法律服务中心三号窗口",
     ("law", "mediation"), ("legal", "mediate", "fraud"), "退休法官、检察官、律师值班解答。"),
    ("市第一人民医院银发导医队", "guides", "YJ", 4, "银发导医", "市第一人民医院门诊大厅",
     ("medicine", "guiding"), ("hospital", "guide", "patrol"), "门诊引路、自助机帮忙、推轮椅。"),
    ("梧桐爱心驿站", "station", "YJ901", 5, "爱心驿站", "梧桐社区一楼",
     ("cooking", "care"), ("meal", "green", "company"), "收转旧物，给独居老人送餐。"),
    ("云江市离退休干部宣讲团", "talks", "YJ", None, "百千万宣讲", "市委老干部局三楼",
     ("talking", "writing"), ("talk",), "讲党史、讲政策、讲身边事。"),
)  # fmt: skip
# 姓名, 性别, 出生, 电话末四位, 专长
OTHERS = (
    ("邵丽娟", "2", "1964-03-18", "7301", ("care", "cooking"), "退休护士"),
    ("姜大勇", "1", "1961-10-07", "7302", ("repairing",), "电工技师，干了三十年"),
    ("戚美云", "2", "1967-06-25", "7303", ("hair",), "开过理发店"),
    ("庞建军", "1", "1959-01-14", "7304", ("driving",), "退休公交司机"),
    ("盛晓梅", "2", "1972-09-09", "7305", ("computer",), "社区网格员"),
    ("倪长河", "1", "1963-12-02", "7306", ("cooking", "sport"), "退休厨师"),
    ("翟玉兰", "2", "1960-05-30", "7307", ("heart", "care"), "退休社工"),
    ("冉明亮", "1", "1965-08-21", "7308", ("computer", "repairing"), "手机维修"),
)
STRENGTHS = {
    "law": "二级高级法官，审判工作三十一年", "medicine": "主任医师，内科四十年", "farming": "高级农艺师，柑橘种植",
    "teaching": "中学高级教师，教龄三十六年", "talking": "党校讲师团兼职教员", "building": "高级工程师，水利",
    "mediation": "信访工作二十年", "arts": "省书法家协会会员", "writing": "参加编写《云江市志》",
    "repairing": "会修小家电",
}  # fmt: skip
HALF_DAYS = tuple((day, part) for day in range(1, 6) for part in (DayPart.MORNING, DayPart.AFTERNOON))
LIMITS = ("不爬楼", "不走夜路", "一次不超过两小时")
A_TEAM, WITHOUT_PAPERS, LEFT = 4, (7, 19), 29


@transaction.atomic
def write_volunteers(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a team stands already."""
    if Team.objects.exists():
        return
    clerk, draws = staff["jingban"], random.Random(20261123)  # noqa: S311 (invented people, not secrets)
    communities = list(Community.objects.filter(voided_at__isnull=True).order_by("pk"))
    teams = [_team(row, communities, clerk, on) for row in TEAMS]
    cadres = list(
        Person.objects.living().filter(cadre__isnull=False, birth_date__gte="1948", accounts=None).order_by("pk")[:60]
    )
    draws.shuffle(cadres)
    since = on - 400 * DAY
    made: list[Volunteer] = []
    for place, person in enumerate(cadres[: A_TEAM * len(teams)]):
        team = teams[place % len(teams)]
        facts = _facts(TEAMS[place % len(teams)], communities, draws, place)
        made.append(register(person, team.unit, on=since + place * DAY, actor=clerk, facts=facts))
        add_member(team, made[-1], on=since + place * DAY, actor=clerk, role=_role(place, len(teams)))
    for place, row in enumerate(OTHERS):
        volunteer = _other(row, communities[place % len(communities)], teams[place % 2 * 5 + 1].unit, clerk, on)
        add_member(teams[(1, 6, 0)[place % 3]], volunteer, on=on - 90 * DAY, actor=clerk)
        made.append(volunteer)
    _papers(made, clerk, on)
    _changes(teams, made, clerk, on)
    _plans(teams, on)
    _account(teams[0], clerk, on)


def _team(row, communities: list[Community], clerk: User, on: dt.date) -> Team:
    name, kind, unit, place, brand, venue, _, _, introduction = row
    community = communities[place % len(communities)] if place is not None and communities else None
    organisation = Organisation.objects.order_by("path").first()
    facts = TeamFacts(
        unit=Unit.objects.get(code=unit), name=name, kind=kind, phone="0700-8800731", brand=brand, venue=venue,
        introduction=introduction, community=community, division=community.division if community else None,
        organisation=organisation if unit == "YJ" else None, founded_on=on - 900 * DAY,
    )  # fmt: skip
    return create_team(facts, actor=clerk)


def _role(place: int, teams: int) -> str:
    return (TeamRole.LEADER, TeamRole.DEPUTY, TeamRole.MEMBER, TeamRole.MEMBER)[place // teams]


def _facts(row, communities: list[Community], draws: random.Random, place: int) -> VolunteerFacts:
    _, _, _, where, _, _, skills, wishes, _ = row
    chosen = tuple(draws.sample(skills, k=min(2, len(skills))))
    near = (communities[where % len(communities)].pk,) if where is not None and communities and place % 2 else ()
    return VolunteerFacts(
        skills=chosen, wishes=tuple(draws.sample(wishes, k=max(1, len(wishes) - place % 2))),
        times=tuple(draws.sample(HALF_DAYS, k=2 + place % 3)), communities=near,
        strengths=next((STRENGTHS[code] for code in chosen if code in STRENGTHS), ""),
        weekly_minutes=(None, 180, 240, 360)[place % 4], contact_name=("女儿", "儿子", "老伴")[place % 3],
        contact_phone=f"1380700{7400 + place}",
    )  # fmt: skip


def _other(row, community: Community, unit: Unit, clerk: User, on: dt.date) -> Volunteer:
    """Somebody who is no cadre."""
    name, sex, birth, digits, skills, strengths = row
    person = Person(name=name, sex=sex, birth_date=PartialDate.parse(birth), community=community)
    save_person(person, sealed={"residence": f"{community}{int(digits) % 9 + 1}号"})
    save_phone(Phone(person=person, kind=PhoneKind.MOBILE, whose="本人"), f"1390700{digits}", actor=clerk)
    facts = VolunteerFacts(
        skills=skills, wishes=("company", "errand", "repair") if "repairing" in skills else ("company", "meal"),
        times=((6, DayPart.MORNING), (6, DayPart.AFTERNOON), (3, DayPart.EVENING)), strengths=strengths,
        weekly_minutes=300, contact_name="家属", contact_phone=f"1380700{digits}",
    )  # fmt: skip
    return register(person, unit, on=on - 90 * DAY, actor=clerk, facts=facts)


def _papers(volunteers: list[Volunteer], clerk: User, on: dt.date) -> None:
    """Nearly all have theirs; some run out soon, one has run out, two bring them later."""
    for place, volunteer in enumerate(volunteers):
        signed_on = max(volunteer.joined_on, on - 380 * DAY if place == 12 else on - 345 * DAY)
        if place % 6:
            signed_on = max(signed_on, on - (60 + place) * DAY)
        kinds = [StatementKind.WILLING, StatementKind.HEALTH]
        if (age_of(volunteer, on) or 99) >= 75:
            kinds.append(StatementKind.FAMILY)
        for kind in kinds[: 1 if place in WITHOUT_PAPERS else None]:
            limits = LIMITS[place % 3] if kind == StatementKind.HEALTH and place % 4 == 1 else ""
            _sign(volunteer, kind, signed_on, clerk, on, limits=limits)
        if place % 5:
            _sign(
                volunteer, StatementKind.INSURANCE, on - 100 * DAY, clerk, on, ends_on=on + 265 * DAY,
                insurer="云江财产保险公司", document_no=f"YJZY2026{place:04d}",
            )  # fmt: skip


def _sign(volunteer: Volunteer, kind: str, signed_on: dt.date, clerk: User, on: dt.date, **more) -> None:
    record_statement(volunteer, kind, signed_on=signed_on, actor=clerk, on=on, form_key=uuid.uuid4(), **more)


def _changes(teams: list[Team], volunteers: list[Volunteer], clerk: User, on: dt.date) -> None:
    """A leader handed over half a year ago, and somebody left."""
    team = teams[2]
    rows = TeamMember.objects.on(on).filter(team=team)
    leads = rows.filter(role=TeamRole.LEADER).first()
    heir = rows.filter(role=TeamRole.DEPUTY).select_related("volunteer").first()
    if leads is not None and heir is not None:
        hand_over(team, heir.volunteer, on=on - 180 * DAY, actor=clerk, seen=leads.pk)
    if len(volunteers) > LEFT:
        leave(volunteers[LEFT], on=on - 20 * DAY, reason="搬到省城和女儿同住", actor=clerk)


def _plans(teams: list[Team], on: dt.date) -> None:
    """This year's plan of most teams; last year's is reviewed."""
    for place, team in enumerate(teams[:6]):
        TeamPlan.objects.create(
            team=team, year=on.year, planned_on=dt.date(on.year, 1, 15), measures="每周固定一次，节假日前后各加一次。",
            goals=f"把“{team.brand}”办好：每位队员每月服务两次，新加五位队员。",
        )  # fmt: skip
        if place < 3:
            TeamPlan.objects.create(
                team=team, year=on.year - 1, goals="建队，定下固定的服务时间和地点。",
                planned_on=dt.date(on.year - 1, 1, 20),
                review="队伍建起来了，服务点固定下来，社区满意。", reviewed_on=dt.date(on.year - 1, 12, 20),
            )  # fmt: skip


def _account(team: Team, clerk: User, on: dt.date) -> None:
    """The leader of the first team signs in as himself."""
    leads = (
        TeamMember.objects.on(on).filter(team=team, role=TeamRole.LEADER).select_related("volunteer__person").first()
    )
    if leads is None or User.objects.filter(username="duizhang").exists():
        return
    person = leads.volunteer.person
    user = User.objects.create_user("duizhang", DEMO_PASSWORD, display_name=person.name)
    PersonAccount.objects.create(user=user, person=person, starts_on=SINCE)
    give_ways_in(user, LEADER_PHONE, actor=clerk, on=on)
