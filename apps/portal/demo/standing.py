"""Serving leaders, those who serve with their training, and one person on hold, so that the demo city shows them."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.organisation.models import Unit
from apps.registry.choices import StandingKind, WorkerCategory
from apps.registry.models import Cadre, ServingLeader, Training, Worker
from apps.registry.services import standing
from apps.registry.services.holding import put_on_hold
from apps.registry.services.offices import change_post
from apps.registry.services.ordering import Place, set_places
from apps.registry.services.workers import attend, save_worker

# order, name, full title, since
LEADERS = (
    (10, "顾长河", "市委书记", "2024-06-01"),
    (20, "秦望舒", "市委副书记、市长", "2024-09-01"),
    (30, "莫怀远", "市委常委、组织部部长", "2023-03-01"),
    (40, "石敏之", "副市长", "2022-01-01"),
    (50, "程一川", "市委组织部副部长、老干部局局长", "2021-08-01"),
)
# name, category, unit, post, office phone, mobile, sex, born, education, since
WORKERS = (
    ("周晓岚", "full", "YJ", "服务科科员", "0700-8800101", "13922220101", "2", "1992-04", "20", "2018-07-01"),
    ("许文博", "full", "YJ", "服务科科长", "0700-8800102", "13922220102", "1", "1981-11", "20", "2012-03-01"),
    ("赵一鸣", "full", "YJ", "服务科科员", "0700-8800103", "13922220103", "1", "1990-02", "20", "2016-09-01"),
    ("钱思琪", "full", "YJ", "服务科科员", "0700-8800104", "13922220104", "2", "1994-08", "14", "2020-08-01"),
    ("何雅琴", "part", "YJ007", "人事科科员", "0700-8800207", "13922220207", "2", "1988-06", "20", "2019-05-01"),
    ("吕家栋", "part", "YJ005", "办公室副主任", "0700-8800205", "13922220205", "1", "1979-12", "30", "2015-01-01"),
    ("薛梅", "part", "YJ901", "老干部科科长", "0700-8800901", "13922220901", "2", "1984-10", "20", "2017-04-01"),
    ("马国良", "part", "YJ902", "老干部科科员", "0700-8800902", "", "1", "1975-03", "30", "2010-06-01"),
)
TRAININGS = (
    ("全省老干部工作业务培训班", "省委老干部局", 60, 3, "24", ("许文博", "薛梅")),
    ("服务礼仪和急救常识", "市委老干部局", 30, 1, "6", ("周晓岚", "赵一鸣", "钱思琪", "何雅琴")),
    ("离退休干部信息系统操作", "市委老干部局", 400, 1, "4", ("周晓岚", "许文博", "吕家栋", "马国良")),
)
HELD = "吴志强"
HONOURED = ("李德厚", "曾念慈", "陈秀英", "欧阳䶮")


@transaction.atomic
def write_standing(units: dict[str, Unit], staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where leaders stand already."""
    if ServingLeader.objects.exists():
        return
    _write_leaders(units["YJ"], staff["kezhang"])
    workers = _write_workers(units, staff["kezhang"], on)
    for title, organiser, days_ago, days, hours, names in TRAININGS:
        began = on - dt.timedelta(days_ago)
        training = Training.objects.create(
            title=title, organiser=organiser, unit=units["YJ"], starts_on=began,
            last_on=began + dt.timedelta(days - 1), hours=Decimal(hours), place="市委党校",
        )  # fmt: skip
        attend(training, [workers[name] for name in names], actor=staff["kezhang"])
    _write_people(staff["kezhang"])


def _write_leaders(unit: Unit, head: User) -> None:
    for order_no, name, title, since in LEADERS:
        ServingLeader.objects.create(
            name=name, title=title, unit=unit, order_no=order_no, starts_on=dt.date.fromisoformat(since),
            office_phone=f"0700-88000{order_no}",
        )  # fmt: skip
    moved = ServingLeader.objects.create(
        name="叶知秋", title="市委老干部局副局长", unit=unit, order_no=60, starts_on=dt.date(2019, 5, 1),
        office_phone="0700-8800060",
    )  # fmt: skip
    change_post(
        moved, title="市委老干部局副局长、离退休干部工委副书记", unit=unit, since=dt.date(2023, 5, 1), order_no=60,
        office_phone="0700-8800060", actor=head,
    )  # fmt: skip


def _write_workers(units: dict[str, Unit], head: User, on: dt.date) -> dict[str, Worker]:
    workers = {}
    for name, category, unit, post, office_phone, mobile, sex, born, education, since in WORKERS:
        worker = Worker(
            name=name, category=WorkerCategory(category), unit=units[unit], post=post, office_phone=office_phone,
            sex=sex, birth_date=born, education=education, political_status="01", ethnicity="01",
            starts_on=dt.date.fromisoformat(since),
        )  # fmt: skip
        workers[name] = save_worker(worker, mobile=mobile, citizen_id="", today=on, actor=head)
    return workers


def _write_people(head: User) -> None:
    """One on hold, some with places and a treatment raised by document."""
    people = {cadre.person.name: cadre for cadre in _named((HELD, *HONOURED))}
    if HELD in people:
        put_on_hold(people[HELD], reason="演示：个人事项正在核实，公开活动先报科长", actor=head)
    there = [people[name] for name in HONOURED if name in people]
    set_places([Place(cadre.pk, number * 10, None) for number, cadre in enumerate(there, 1)], actor=head)
    for cadre in there[:1]:
        for level, since, document in (
            ("132", "1990-01-01", "云组〔1990〕8号"),
            ("131", "2009-10-01", "云组〔2009〕21号"),
        ):
            standing.change(
                cadre, StandingKind.TREATMENT, level, since=dt.date.fromisoformat(since), document_no=document,
                actor=head,
            )  # fmt: skip


def _named(names: tuple[str, ...]):
    """The first of each name in the fixed cast, which was written first."""
    return Cadre.objects.filter(person__name__in=names).select_related("person").order_by("-pk")
