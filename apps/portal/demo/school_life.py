"""办学条件, partners and the papers of teachers of the demo city's senior universities."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.university.choices.rooms import BaseKind, Condition, PartnerKind
from apps.university.choices.teachers import AssessmentKind, AssessmentResult
from apps.university.models import (
    Agreement,
    Campus,
    Equipment,
    Partner,
    PracticeBase,
    Room,
    RoomRepair,
    School,
    Teacher,
    TeacherAssessment,
    TeacherHiring,
)
from apps.university.services import rooms, teachers

from .school_facts import CITY

# room, thing, number, condition, bought so many days ago
THINGS = (
    ("101书画室", "画案", 15, Condition.GOOD, 1500), ("101书画室", "饮水机", 1, Condition.WORN, 2100),
    ("101书画室", "投影", 1, Condition.GOOD, 800), ("203音乐教室", "钢琴", 1, Condition.GOOD, 3000),
    ("203音乐教室", "音响", 2, Condition.GOOD, 900), ("205器乐教室", "电钢琴", 12, Condition.GOOD, 700),
    ("301舞蹈厅", "镜墙", 1, Condition.GOOD, 2500), ("302电脑室", "电脑", 36, Condition.WORN, 2200),
    ("302电脑室", "打印机", 1, Condition.BROKEN, 1800), ("文化站教室", "桌椅", 30, Condition.GOOD, 400),
    ("文化站教室", "档案橱柜", 2, Condition.GOOD, 400),
)  # fmt: skip
# partner, kind, contact, phone, what; agreement, signed so many days ago, years, campus
PARTNERS = (
    ("云江职业学院", PartnerKind.COLLEGE, "齐老师", "0700-8800711", "提供教室和实训室，学生做志愿助教",
     "合作办学协议书", 680, 2,
     "学府校区"),
    ("云江市美术馆", PartnerKind.OTHER, "柏老师", "0700-8800722", "每年两次学员作品展",
     "教学实践基地协议", 300, 3,
     None),
    ("柳湖镇党校", PartnerKind.PARTY_SCHOOL, "方老师", "0700-8860620", "场地共用，共同办班",
     "乡镇老年学校联合办学协议", 150, 5,
     None),
)  # fmt: skip
BASES = (
    ("云江市美术馆", BaseKind.PRACTICE, "滨江路2号", "学员写生、作品展"),
    ("云江革命纪念馆", BaseKind.PARTY, "望云路1号", "时事党史班现场教学"),
)
YEAR = 365


@transaction.atomic
def write_school_life(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where things stand already, or without schools."""
    school = School.objects.filter(name=CITY).first()
    if school is None or Equipment.objects.exists():
        return
    clerk = staff["daxue"]
    _write_things(clerk, on)
    _write_partners(school, on)
    _write_teachers(school, clerk, on)


def _write_things(clerk: User, on: dt.date) -> None:
    by_name = {room.name: room for room in Room.objects.all()}
    for room, name, quantity, condition, days in THINGS:
        Equipment.objects.create(
            room=by_name[room], name=name, quantity=quantity, condition=condition, bought_on=on - dt.timedelta(days),
            checked_on=on - dt.timedelta(60),
        )  # fmt: skip
    for room, thing, trouble, days in (
        ("101书画室", "饮水机", "饮水机不出热水", 3), ("302电脑室", "打印机", "打印机卡纸，换过硒鼓还不行", 9),
        ("203音乐教室", "音响", "左边音响没有声音", 40),
    ):  # fmt: skip
        repair = RoomRepair(
            room=by_name[room], thing=by_name[room].things.get(name=thing), trouble=trouble,
            reported_on=on - dt.timedelta(days), reporter="叶秋云",
        )  # fmt: skip
        rooms.report(repair, actor=clerk)
        if days > 5:
            rooms.order(repair, repairer="云江办公设备维修部", on=on - dt.timedelta(days - 2), actor=clerk)
        if days > 30:
            rooms.finish(repair, on=on - dt.timedelta(days - 5), cost=Decimal(260), result="换了功放保险", actor=clerk)


def _write_partners(school: School, on: dt.date) -> None:
    for name, kind, contact, phone, what, title, days, years, campus in PARTNERS:
        partner = Partner.objects.create(school=school, name=name, kind=kind, contact=contact, phone=phone, note=what)
        signed = on - dt.timedelta(days)
        Agreement.objects.create(
            partner=partner, title=title, number=f"云老大〔{signed.year}〕{days % 20 + 1}号", signed_on=signed,
            starts_on=signed, last_on=signed + dt.timedelta(years * YEAR - 1),
            campus=Campus.objects.filter(school=school, name=campus).first() if campus else None,
        )  # fmt: skip
    for name, kind, address, note in BASES:
        PracticeBase.objects.create(
            school=school, name=name, kind=kind, address=address, note=note, since=on - dt.timedelta(400),
            partner=Partner.objects.filter(school=school, name=name).first(),
        )  # fmt: skip


def _write_teachers(school: School, clerk: User, on: dt.date) -> None:
    """A year's hiring that is renewed for most, ending soon for some; a trial each; one who asks."""
    for number, teacher in enumerate(Teacher.objects.filter(state="hired").order_by("pk")):
        last_on = on + dt.timedelta(60 if number % 4 == 0 else 240)
        for years in (2, 1):
            since = last_on - dt.timedelta(years * YEAR - 1)
            TeacherHiring.objects.create(
                teacher=teacher, starts_on=since, last_on=since + dt.timedelta(YEAR - 1),
                document_no=f"云老大聘〔{since.year}〕{number + 1:02d}号",
            )  # fmt: skip
        TeacherAssessment.objects.create(
            teacher=teacher, held_on=teacher.hired_on - dt.timedelta(14), kind=AssessmentKind.TRIAL,
            by="教务科、系主任",
            result=AssessmentResult.EXCELLENT if number % 3 == 0 else AssessmentResult.PASSED,
            opinion="讲得慢，听得清。",
        )  # fmt: skip
    facts = teachers.TeacherFacts(
        school, "梅映雪", "2", "1968-09", "插花、编织", experience="花艺工作室主人，愿意义务授课。"
    )
    teachers.apply(facts, on=on, actor=clerk)
