"""Assessments, stays, check-ups, works at home, families and thoughts of the demo city: something on every list."""

import datetime
import io
import uuid

from django.db import transaction
from PIL import Image, ImageDraw

from apps.accounts.models import User
from apps.common.photos import clean_photo
from apps.common.scans import Scan
from apps.ledgers.choices import ContactKind, Method
from apps.ledgers.choices.adaptation import AdaptationEnd, FundSource, PhotoSide
from apps.ledgers.choices.medical import CheckUpState
from apps.ledgers.models import HospitalStay
from apps.ledgers.services import adaptation as works
from apps.ledgers.services.assessments import AssessmentFacts, record_assessment
from apps.ledgers.services.check_ups import CheckUpFacts, record_check_ups
from apps.ledgers.services.contacts import ContactFacts
from apps.ledgers.services.families import FamilyFacts, register_family, visit_family
from apps.ledgers.services.medicines import MedicineFacts, add_medicine, agree
from apps.ledgers.services.stays import StayFacts, change_stay
from apps.ledgers.services.thoughts import ThoughtFacts, record_thought
from apps.registry.models import Cadre

DAY = datetime.timedelta(days=1)
# Days ago, score, living, dementia: the second is what changed.
ASSESSED = (
    ((420, 88, "spouse", False), (35, 62, "alone", False)),
    ((380, 90, "children", False),),
    ((200, 70, "nurse", False), (15, 70, "nurse", True)),
    ((190, 55, "alone", False),),
    ((60, 84, "spouse", False),),
    ((20, 24, "nurse", False),),
)
LINES = (
    works.ItemFacts(item="handrail", place="卫生间", number=2, price=320),
    works.ItemFacts(item="antislip", place="卫生间、厨房", number=1, price=680),
    works.ItemFacts(item="bath", place="淋浴间", number=1, price=560),
)
STATES = ("survey", "quote", "works", "acceptance", "asking", "closed", "cancelled")
PLACES = {"before": ("改造前：门槛和湿滑地面", "#9b8f80"), "after": ("改造后：扶手和防滑地面", "#7d9b80")}


@transaction.atomic
def write_health(staff: dict[str, User], *, on: datetime.date) -> None:
    """Through the services, so that levels, proposals and steps follow as in real life."""
    clerk, head = staff["jingban"], staff["kezhang"]
    people = list(Cadre.objects.living().select_related("person", "managing_unit").order_by("pk")[:60])
    _write_assessments(people, clerk, on)
    _write_check_ups(people, clerk, on)
    _write_works(people, clerk, on)
    _write_families(clerk, on)
    _write_thoughts(people[:2], head, on)
    agree(people[0], actor=clerk)
    add_medicine(
        MedicineFacts(name="苯磺酸氨氯地平片", usage="每天早上一片", insured="inside", since=on - 300 * DAY),
        cadre=people[0], actor=clerk, on=on, form_key=uuid.uuid4(),
    )  # fmt: skip
    for stay in HospitalStay.objects.open().order_by("pk"):
        facts = StayFacts(
            hospital=stay.hospital, admitted_on=stay.admitted_on, department="心内科", bed=f"{10 + stay.pk % 20}",
            condition="胸闷气短，入院观察。",
        )  # fmt: skip
        change_stay(stay, facts, actor=clerk, version=HospitalStay.objects.get(pk=stay.pk).version)


def _write_assessments(people: list[Cadre], clerk: User, on: datetime.date) -> None:
    for cadre, history in zip(people, ASSESSED * 3, strict=False):
        for back, score, living, dementia in history:
            facts = AssessmentFacts(
                assessed_on=on - back * DAY, assessor="云江市老年人能力评估中心", score=score, living=living,
                dementia=dementia, difficulties=("alone",) if living == "alone" else (), wishes=("meal", "bathing"),
                frequent_illness=score < 60, note="能说清自己的需要，夜间起身要人扶。" if score < 70 else "",
            )  # fmt: skip
            record_assessment(facts, cadre=cadre, actor=clerk, on=on, form_key=uuid.uuid4())


def _write_check_ups(people: list[Cadre], clerk: User, on: datetime.date) -> None:
    went = on.replace(month=min(on.month, 5), day=min(on.day, 12))
    done = CheckUpFacts(state=CheckUpState.DONE, done_on=went, place="云江市第一人民医院体检中心")
    refused = CheckUpFacts(state=CheckUpState.REFUSED, reason="刚在医院查过，本人不愿再查")
    rechecked = CheckUpFacts(
        state=CheckUpState.DONE, done_on=went, place="云江市第一人民医院体检中心", findings="血压偏高，建议复查。",
        recheck_by=on - 3 * DAY,
    )  # fmt: skip
    for facts, group in ((done, people[:30]), (refused, people[30:33]), (rechecked, people[33:35])):
        record_check_ups([cadre.pk for cadre in group], facts=facts, year=on.year, actor=clerk, on=on)


def _write_works(people: list[Cadre], clerk: User, on: datetime.date) -> None:
    """A case in every state."""
    for cadre, state in zip(people[3:], STATES, strict=False):
        case = works.open_case(
            cadre=cadre, asked_on=on - 70 * DAY, wish="卫生间地滑、没有扶手，洗澡怕摔。", owner=clerk, measure=None,
            actor=clerk, on=on, form_key=uuid.uuid4(),
        )  # fmt: skip
        case.refresh_from_db()
        case = works.put_items(case, LINES, actor=clerk, version=case.version)
        _carry_on(case, state, clerk, on)


def _carry_on(case, until: str, clerk: User, on: datetime.date) -> None:
    steps = (
        lambda row: works.survey(
            row,
            surveyed_on=on - 60 * DAY,
            surveyor="南河社区王芳",
            findings="卫生间门槛 12 厘米，地砖湿滑，马桶旁没有扶手。",
            actor=clerk,
            on=on,
        ),
        lambda row: works.quote(
            row,
            works.Quote(
                quoted_on=on - 55 * DAY,
                contractor="云江安居适老服务公司",
                fund_source=FundSource.CIVIL,
                contractor_phone="0700-8800700",
                subsidy=1500,
            ),
            actor=clerk,
            on=on,
        ),
        lambda row: works.finish_works(row, works_from=on - 40 * DAY, works_until=on - 30 * DAY, actor=clerk, on=on),
        lambda row: works.accept(
            row,
            works.Acceptance(accepted_on=on - 25 * DAY, acceptor="周晓岚、老同志女儿", note="安装牢固，地面不滑。"),
            actor=clerk,
            on=on,
        ),
        lambda row: works.ask(
            row, replied_on=on - 10 * DAY, satisfaction="good", note="洗澡放心多了。", actor=clerk, on=on
        ),
    )
    if until == "cancelled":
        works.cancel(case, because=AdaptationEnd.DECLINED, note="女儿接去同住。", actor=clerk, on=on)
        return
    for step in steps:
        if case.state == until:
            return
        if case.state == "survey":
            works.add_photos(case, PhotoSide.BEFORE, [_photo("before")], actor=clerk)
        if case.state == "acceptance":
            works.add_photos(case, PhotoSide.AFTER, [_photo("after")], actor=clerk)
        case = step(case)


def _photo(side: str) -> Scan:
    """A drawn picture of a bathroom: nobody's home."""
    words, wall = PLACES[side]
    picture = Image.new("RGB", (960, 640), wall)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 470, 960, 640), fill="#d8d2c8")
    pen.rectangle((610, 250, 800, 520), fill="#f4f4f2", outline="#8a8a86", width=6)
    if side == "after":
        pen.rectangle((420, 330, 590, 350), fill="#b8b8b8")
        pen.rectangle((420, 330, 440, 470), fill="#b8b8b8")
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    return Scan(clean_photo(stream.getvalue()), f"{words}.jpg", "image/jpeg")


def _write_families(clerk: User, on: datetime.date) -> None:
    dead = Cadre.objects.current().filter(person__life_status="deceased").select_related("person").order_by("pk")[:4]
    for number, cadre in enumerate(dead):
        facts = FamilyFacts(
            name=("王玉莲", "赵桂珍", "孙明兰", "刘淑芬")[number],
            relation="10",
            phone=f"1391111920{number}",
            address="河滨街道石桥社区",
            difficulties=("no_income",) if number == 0 else (),
            note="身体尚可，和儿子同住。",
        )
        row = register_family(facts, cadre=cadre, actor=clerk, on=on, form_key=uuid.uuid4())
        if number % 2:
            visit = ContactFacts(
                happened_on=on,
                kind=ContactKind.FAMILY,
                method=Method.HOME,
                gifts="米、油",
                money=500,
                summary="生活平稳。",
            )
            visit_family(row, visit, actor=clerk, on=on, form_key=uuid.uuid4())


def _write_thoughts(people: list[Cadre], head: User, on: datetime.date) -> None:
    for cadre, kind, words in zip(
        people,
        ("thoughts", "counsel"),
        ("关心医药费报销进度，希望早点有准信。", "老伴去世后睡不好，谈了一个下午。"),
        strict=True,
    ):
        facts = ThoughtFacts(
            kind=kind, happened_on=on - 20 * DAY, method=Method.HOME, counsellor="李科长", content=words,
            advice="每两周打一次电话。", follow_up_on=on - DAY,
        )  # fmt: skip
        record_thought(facts, cadre=cadre, actor=head, on=on, form_key=uuid.uuid4())
