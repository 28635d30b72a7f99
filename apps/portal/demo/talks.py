"""Talks, a campaign like “百千万”, bookings of schools, donations, surrogate parents: by the services of the pages."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.volunteers.models import (
    Donation,
    Lecturer,
    SurrogatePairing,
    TalkCampaign,
    TalkRound,
    TalkTopic,
    Team,
    TeamMember,
)
from apps.volunteers.queries.talks import divisions_for
from apps.volunteers.queries.volunteers import may_serve
from apps.volunteers.services import donations, pairings, talk_bookings, talks
from apps.volunteers.services.lecturers import join

DAY = dt.timedelta(days=1)
# 题目, 讲给谁听, 分钟, 提纲
TOPICS = (
    ("长征路上的故事", "pupils", 45, "红军为什么能走过来\n三个小战士的故事\n今天怎样走好自己的路"),
    ("防溺水，人人会", "pupils", 40, "哪些水最危险\n看见有人落水怎么办"),
    ("民法典就在身边", "resident", 60, "邻里、赡养、房子\n遇到事找谁"),
    ("乡村里的变化", "village", 60, "从修路到种茶\n一个村三十年"),
    ("识破骗局，守好养老钱", "resident", 50, "六种常见骗局\n接到电话先挂断"),
    ("党的二十届三中全会精神", "members", 90, "改革改什么\n和我们有什么关系"),
)
# 单位, 类型, 地点, 题目序号, 几天以前, 开始（分钟）, 人次
HELD = (
    ("云江市第三中学", "school", "学校报告厅", 0, 62, 540, 600), ("城关小学", "school", "操场", 1, 55, 570, 820),
    ("柳溪村", "village", "村部", 3, 48, 600, 96), ("云江茶业公司", "firm", "职工之家", 5, 40, 870, 140),
    ("梧桐社区", "commune", "党群服务中心", 4, 33, 540, 75), ("南河社区", "commune", "居委会二楼", 2, 27, 540, 68),
    ("云江网上课堂", "online", "直播平台", 1, 20, 900, 12_400), ("市人民武装部", "army", "礼堂", 0, 13, 540, 210),
    ("市税务局", "organ", "六楼会议室", 5, 6, 870, 130),
)  # fmt: skip
# 单位, 类型, 地点, 题目序号（没有就请推荐）, 几天以后, 人数, 联系人, 电话
BOOKINGS = (
    ("云江市实验小学", "school", "多功能厅", 1, 12, 480, "谢老师", "0700-8812011"),
    ("云江职业技术学院", "school", "大礼堂", None, 20, 1200, "罗老师", "0700-8812012"),
    ("石桥村", "village", "文化广场", 3, 16, 150, "高支书", "13900008013"),
)
# 物品, 数量, 单位, 估值, 捐赠人, 受赠方, 几天以前, 送到了没有
GIFTS = (
    ("图书", 260, "本", 5200, "市新华书店", "城关小学", 90, True), ("书包", 40, "个", 3200, "", "石桥村小学", 60, True),
    ("棉衣", 25, "件", None, "退休干部支部的同志", "", 9, False), ("轮椅", 2, "辆", 1600, "云江茶业公司", "", 5, False),
)  # fmt: skip
# 孩子, 学校, 年级, 多少天以前
CHILDREN = (
    ("LXM", "石桥村小学", "四年级", 200), ("Z某", "城关小学", "二年级", 120), ("WJ", "石桥村小学", "五年级", 45),
)  # fmt: skip


@transaction.atomic
def write_talks(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where topics stand already, or where there is no team of talks."""
    team = Team.objects.filter(kind="talks", voided_at__isnull=True).order_by("pk").first()
    if team is None or TalkTopic.objects.exists():
        return
    clerk, now = staff["jingban"], timezone.make_aware(dt.datetime.combine(on, dt.time(9, 30)))
    topics = [
        TalkTopic.objects.create(unit=team.unit, title=title, audience=audience, minutes=minutes, outline=outline)
        for title, audience, minutes, outline in TOPICS
    ]
    campaign, part = _campaign(team, on)
    lecturers = _lecturers(team, topics, clerk, on)
    if not lecturers:
        return
    for place, row in enumerate(HELD):
        _held(team, topics, campaign, part, lecturers[place % len(lecturers)], row, clerk, now)
    made = [_booking(row, topics, now) for row in BOOKINGS]
    _ask(made[0], lecturers[0], clerk, now)
    _ahead(team, topics, campaign, lecturers[-1], clerk, now)
    _gifts(clerk, on)
    _children(clerk, on)


def _campaign(team: Team, on: dt.date) -> tuple[TalkCampaign, TalkRound]:
    first = on - 100 * DAY
    campaign = TalkCampaign.objects.create(
        unit=team.unit, name="“百千万”宣讲行动", starts_on=first, ends_on=first + 366 * DAY, lecturers=100,
        sessions=1000, audience=10_000, summary="百名老同志，千场宣讲，万名以上听众。",
    )  # fmt: skip
    values = {"campaign": campaign, "sessions": 200, "audience": 5000}
    part = TalkRound.objects.create(name="第一轮：进学校", starts_on=first, ends_on=on - 10 * DAY, **values)
    TalkRound.objects.create(name="第二轮：进村居", starts_on=on - 10 * DAY, ends_on=on + 120 * DAY, **values)
    return campaign, part


def _lecturers(team: Team, topics: list[TalkTopic], clerk: User, on: dt.date) -> list[Lecturer]:
    rows = TeamMember.objects.on(on).filter(team=team).select_related("volunteer").order_by("pk")
    volunteers = [row.volunteer for row in rows]
    barred = may_serve([row.pk for row in volunteers], on)
    counties = list(divisions_for(team.unit).filter(level="county")[:1])
    made = []
    for place, volunteer in enumerate(row for row in volunteers if row.pk not in barred):
        row = join(
            Lecturer(volunteer=volunteer, team=team, joined_on=volunteer.joined_on,
                     note="要车接送" if place == 1 else ""),
            actor=clerk, on=on,
        )  # fmt: skip
        row.topics.set([topics[place % len(topics)], topics[(place + 1) % len(topics)]])
        if place % 2 and counties:
            row.divisions.set(counties)
        made.append(row)
    return made


def _held(team, topics, campaign, part, lecturer, row, clerk: User, now: dt.datetime) -> None:
    host, kind, place, topic, ago, starts, audience = row
    on = timezone.localdate(now) - ago * DAY
    facts = talks.TalkFacts(
        unit=team.unit, topic=topics[topic], on=on, starts=starts, minutes=topics[topic].minutes, host=host,
        place_kind=kind, place=place, campaign=campaign, round=part if on < part.ends_on else None,
        lecturers=(lecturer,),
    )  # fmt: skip
    try:
        with transaction.atomic():
            talk = talks.create_talk(facts, agreed=True, actor=clerk, now=now)
            talks.hold_talk(talk, audience, actor=clerk, now=now)
    except BusinessError:  # he had something else that day
        return


def _booking(row, topics: list[TalkTopic], now: dt.datetime):
    host, kind, place, topic, ahead, expected, contact, phone = row
    day = timezone.localdate(now) + ahead * DAY
    facts = talk_bookings.BookingFacts(
        host=host, place_kind=kind, place=place, contact=contact, phone=phone, days=(day, day + DAY), part="am",
        expected=expected, topic=topics[topic] if topic is not None else None,
    )  # fmt: skip
    return talk_bookings.book(facts, form_key=uuid.uuid4(), now=now)


def _ask(booking, lecturer: Lecturer, clerk: User, now: dt.datetime) -> None:
    """The first booking is being arranged."""
    try:
        with transaction.atomic():
            talk_bookings.ask(
                booking, lecturer, on=booking.days[0], starts=570, minutes=40, actor=clerk, now=now
            )  # fmt: skip
    except BusinessError:
        return


def _ahead(team: Team, topics, campaign, lecturer: Lecturer, clerk: User, now: dt.datetime) -> None:
    facts = talks.TalkFacts(
        unit=team.unit, topic=topics[4], on=timezone.localdate(now) + 5 * DAY, starts=540, minutes=50,
        host="金桂社区", place_kind="commune", place="党群服务中心一楼", campaign=campaign, expected=60,
        lecturers=(lecturer,),
    )  # fmt: skip
    try:
        with transaction.atomic():
            talks.create_talk(facts, agreed=True, actor=clerk, now=now)
    except BusinessError:
        return


def _gifts(clerk: User, on: dt.date) -> None:
    station = Team.objects.filter(kind="station", voided_at__isnull=True).order_by("pk").first()
    if station is None:
        return
    for item, quantity, measure, value, donor, recipient, ago, given in GIFTS:
        row = Donation(
            team=station, item=item, quantity=quantity, measure=measure, value=value, donor=donor, on=on - ago * DAY,
            recipient=recipient, given_on=on - (ago - 4) * DAY if given else None,
        )  # fmt: skip
        donations.take_in(row, actor=clerk, on=on)


def _children(clerk: User, on: dt.date) -> None:
    rows = TeamMember.objects.on(on).filter(team__kind="five").select_related("volunteer").order_by("pk")
    volunteers = [row.volunteer for row in rows]
    barred = may_serve([row.pk for row in volunteers], on)
    able = [row for row in volunteers if row.pk not in barred]
    for volunteer, (child, school, grade, ago) in zip(able, CHILDREN, strict=False):
        row = SurrogatePairing(
            volunteer=volunteer, child=child, school=school, grade=grade, starts_on=on - ago * DAY,
            consent_on=on - (ago + 3) * DAY,
        )  # fmt: skip
        pairings.pair(row, notes="孩子喜欢画画，话不多。", actor=clerk, on=on)
        for back, words in ((ago // 2, "一起写作业，检查了拼音"), (ago // 3, "送了文具和两本书，打电话问了期中考试")):
            pairings.touch(row, words, on=on - back * DAY, form_key=uuid.uuid4(), actor=clerk, today=on)
