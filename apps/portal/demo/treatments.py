"""Treatments of the demo city: the catalogue with amounts, a year opened, some received, a journey, papers, cards,
medical fees, checks, services and communities. Everything through the services; documents are invented."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.ledgers.choices.treatments import PlaceState
from apps.ledgers.models import (
    ConvalescenceBatch,
    GreenCard,
    GuaranteeCheck,
    MedicalFee,
    NearbyService,
    SeniorClaim,
    ServiceOffer,
    Subscription,
    TreatmentDue,
    TreatmentItem,
    UnitFund,
    UnitSpending,
)
from apps.ledgers.services import convalescence, treatments, unit_funds
from apps.organisation.models import Community, RuleSet, Unit
from apps.registry.models import Cadre

VETERANS = ["veteran", "raised"]
DOCUMENT = "云老干〔2026〕9号（演示）"
# group, name, every, measure, paid to, standard, on death, retire types, minimum age, only members, only unable
ITEMS = (
    ("living", "特需费", "year", "元", "unit", "special_fund", "full", VETERANS, None, False, False),
    ("living", "医疗补助", "half", "元", "person", "medical_aid", "prorate", VETERANS, None, False, False),
    ("living", "生活补贴", "year", "月", "person", "subsidy", "full", VETERANS, None, False, False),
    ("living", "护理费", "month", "元", "person", "nursing", "full", VETERANS, None, False, False),
    ("living", "健康体检", "year", "次", "person", "", "stop", [], None, False, False),
    ("living", "春节慰问金", "once", "元", "person", "asked", "stop", [], 90, False, False),
    ("political", "阅读文件", "quarter", "次", "person", "", "stop", VETERANS, None, True, False),
    ("political", "情况通报", "half", "次", "person", "", "stop", VETERANS, None, False, False),
    ("political", "走访看望", "half", "次", "person", "", "stop", VETERANS, None, False, False),
    ("political", "参加重要会议", "year", "次", "person", "", "stop", VETERANS, None, False, False),
    ("political", "订阅报刊", "year", "份", "person", "", "stop", VETERANS, None, False, False),
)
PAPERS = (("人民日报", "1-1", "288"), ("老干部之家", "46-76", "72"))
OFFERS = (
    ("prevention", "防跌倒评估和训练", "云江市第一人民医院康复科", "0700-8800201", "免费", "每周三上午，打电话约上门"),
    ("rescue", "一键呼叫", "云江市养老服务指导中心", "0700-8800120", "设备免费", "填申请表，三天内上门装"),
    ("medical", "家庭医生签约", "云山区社区卫生服务中心", "0700-8800202", "免费", "社区服务中心签约，行动不便的上门签"),
    ("rehab", "上门康复护理", "云江康宁护理站", "0700-8800203", "每小时 60 元", "提前一天电话预约"),
    ("living", "助餐送餐", "南河社区长者饭堂", "0700-8800204", "每餐 12 元起", "早上 9 点前打电话"),
    ("living", "助洁助浴", "云江家政服务公司", "0700-8800205", "每小时 35 元", "提前两天电话预约"),
)


@transaction.atomic
def write_treatments(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a catalogue is there already."""
    if TreatmentItem.objects.exists():
        return
    clerk = staff["jingban"]
    items = {row[1]: _item(row) for row in ITEMS}
    RuleSet.objects.get_or_create(
        kind="ledgers.treatment_amounts", unit=None, effective_from=dt.date(on.year - 1, 1, 1), document_no=DOCUMENT,
        defaults={"values": {"special_fund": "1500", "medical_aid": "3000", "check_up": "800"}},
    )  # fmt: skip
    _open(items, clerk, on)
    veterans = list(Cadre.objects.living().filter(retire_type__in=VETERANS).order_by("order_no", "pk")[:24])
    _spend(veterans, clerk, on)
    _journey(veterans, clerk, on)
    _papers_and_cards(veterans, on)
    _fees(veterans, clerk, on)
    _seniors(on)
    _services(on)


def _item(row) -> TreatmentItem:
    group, name, every, measure, paid_to, standard, on_death, types, age, members, unable = row
    return TreatmentItem.objects.create(
        group=group, name=name, every=every, measure=measure, paid_to=paid_to, standard=standard, on_death=on_death,
        retire_types=types, min_age=age, only_members=members, only_unable=unable, basis=DOCUMENT,
    )  # fmt: skip


def _open(items: dict[str, TreatmentItem], clerk: User, on: dt.date) -> None:
    """This year's periods; half of the medical aid received, some of it sent out."""
    everybody = Cadre.objects.current()
    half, quarter = 1 + (on.month > 6), (on.month + 2) // 3
    for name, number in (
        ("特需费", 1),
        ("医疗补助", half),
        ("生活补贴", 1),
        ("护理费", on.month),
        ("阅读文件", quarter),
    ):
        treatments.open_period(items[name], year=on.year, number=number, cadres=everybody, actor=clerk, on=on)
    ids = list(TreatmentDue.objects.filter(run__item=items["医疗补助"]).order_by("pk").values_list("pk", flat=True))
    received, sent = ids[: len(ids) // 2], ids[len(ids) // 2 : len(ids) * 3 // 4]
    day = on - dt.timedelta(days=6)
    if received:
        own, by_daughter = received[:-2] or received, received[-2:]
        treatments.receive(own, treatments.Receipt(day), actor=clerk, on=on)
        treatments.receive(by_daughter, treatments.Receipt(day, "signed", "家属", "女儿"), actor=clerk, on=on)
    if sent:
        treatments.issue(sent, issued_on=day, actor=clerk, on=on)


def _spend(veterans: list[Cadre], clerk: User, on: dt.date) -> None:
    funds = {fund.unit_id: fund for fund in UnitFund.objects.filter(year=on.year)}
    for number, cadre in enumerate(veterans[:6], 1):
        fund = funds.get(cadre.managing_unit_id)
        if fund is not None:
            unit_funds.spend(
                UnitSpending(
                    fund=fund, cadre=cadre, spent_on=on - dt.timedelta(days=3 * number), what="住院期间护工费补贴",
                    amount=Decimal(200 + 50 * number), voucher_no=f"演示{number:03d}",
                ),
                actor=clerk,
            )  # fmt: skip


def _journey(veterans: list[Cadre], clerk: User, on: dt.date) -> None:
    batch = ConvalescenceBatch.objects.create(
        name=f"{on.year}年秋季第一批", place="青屿疗养院", starts_on=on + dt.timedelta(days=24),
        ends_on=on + dt.timedelta(days=33), quota=4, answer_by=on + dt.timedelta(days=10), leader="周海燕",
        health_note="近三个月没有住院，经社区医生同意，带常用药", document_no=DOCUMENT,
    )  # fmt: skip
    convalescence.invite(batch, Cadre.objects.filter(pk__in=[one.pk for one in veterans[:9]]), actor=clerk, on=on)
    places = list(batch.places.order_by("pk"))
    for place in places[:5]:
        said = convalescence.Answer(
            PlaceState.ACCEPTED, companion="家属", companion_relation="女儿", emergency_contact="女儿 13900000001",
            health_checked=True,
        )  # fmt: skip
        convalescence.answer(place, said, actor=clerk, on=on)
    if len(places) > 5:
        said = convalescence.Answer(PlaceState.REFUSED, reason="这段时间孙辈要高考，走不开")
        convalescence.answer(places[5], said, actor=clerk, on=on)


def _papers_and_cards(veterans: list[Cadre], on: dt.date) -> None:
    for number, cadre in enumerate(veterans[:12]):
        for title, code, price in PAPERS[: 1 + number % 2]:
            late = number == 3
            Subscription.objects.create(
                cadre=cadre, year=on.year, title=title, post_code=code, price=Decimal(price),
                confirmed_on=None if number % 4 == 3 else dt.date(on.year, 1, 12),
                complaint="连着三天没有送到，已打邮局电话" if late else "",
                complained_on=on - dt.timedelta(days=4) if late else None,
            )  # fmt: skip
    for number, cadre in enumerate(veterans[:10], 1):
        until = on + dt.timedelta(days=(-20, 18, 45, 200, 400)[number % 5])
        GreenCard.objects.create(
            cadre=cadre, number=f"YJ-{on.year}-{number:04d}", hospital="云江市第一人民医院",
            issued_on=until - dt.timedelta(days=730), valid_until=until, handed_to="本人",
        )  # fmt: skip


def _fees(veterans: list[Cadre], clerk: User, on: dt.date) -> None:
    quarter = (on.month + 2) // 3
    for number, cadre in enumerate(veterans[:14]):
        cost, paid, advanced = Decimal(4200 + 310 * number), Decimal(3000), Decimal(1200 + 310 * number)
        given = advanced if number % 3 else Decimal(500)
        fee = MedicalFee(
            cadre=cadre, unit_id=cadre.managing_unit_id, year=on.year, quarter=quarter, cost=cost, paid_by_unit=paid,
            advanced=advanced, reimbursed=given,
        )  # fmt: skip
        fee.clean()
        fee.save()
    units = Unit.objects.filter(pk__in={one.managing_unit_id for one in veterans}).order_by("path")[:4]
    for number, unit in enumerate(units):
        for guarantee in ("pension", "medical", "finance"):
            late = number == 1 and guarantee == "medical"
            GuaranteeCheck.objects.create(
                unit=unit, year=on.year, quarter=quarter, guarantee=guarantee, result="late" if late else "kept",
                evidence="发放凭证、报销台账", finding="有两位垫付的医药费三个月没有报销" if late else "",
                mend_by=on + dt.timedelta(days=20) if late else None, checked_on=on, checked_by=clerk,
            )  # fmt: skip


def _seniors(on: dt.date) -> None:
    born = range(on.year - 90, on.year - 89)
    for cadre in Cadre.objects.living().filter(person__birth_date__startswith=str(born[0])).order_by("pk")[:2]:
        SeniorClaim.objects.create(cadre=cadre, band=90, state="applied", on=on, by_whom="儿子")


def _services(on: dt.date) -> None:
    for kind, name, provider, phone, price, how in OFFERS:
        ServiceOffer.objects.create(
            kind=kind, name=name, provider=provider, phone=phone, price=price, how_to_order=how,
            checked_on=on - dt.timedelta(days=12),
        )  # fmt: skip
    whats = {
        "study": "周三上午读报班，社区二楼活动室", "activity": "棋牌室、书画室，周一到周六开放",
        "care": "独居的每天一个电话，饭堂送餐", "role": "五老宣讲员、楼栋长",
    }  # fmt: skip
    for number, community in enumerate(Community.objects.order_by("pk")[:5]):
        for kind in list(whats)[: 4 - number % 4]:
            NearbyService.objects.create(
                community=community, kind=kind, what=whats[kind], since=dt.date(on.year - 1, 6, 1),
                is_pilot=number == 0, document_no=DOCUMENT if number == 0 else "", contact=community.contact_name,
                phone=community.contact_phone,
            )  # fmt: skip
