"""The aid fund of the demo city: two years' money, and applications at every step, through the services."""

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.branches.models import Post
from apps.branches.queries import member_ids
from apps.ledgers.choices.aid import AidAct, AidApplicant, AidVia, PayMethod
from apps.ledgers.models import AidApplication, AidMeeting, FundYear
from apps.ledgers.services import aid, aid_meeting, aid_papers, aid_paying, aid_steps, funds
from apps.people.models import PersonAccount
from apps.registry.models import Cadre

DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.4\n%demo\n"
PLACE, PHONE = "局一楼公示栏、原单位公示栏", "0700-8800100"
# (kind, help, situations, asked for, words)
CASES = (
    ("medical", "cash", ["01"], 5000, "去年住院两次，自费药多，退休费不够用。"),
    ("economic", "cash", ["03"], 4000, "老伴没有收入，常年吃药，每月入不敷出。"),
    ("household", "manpower", ["06"], None, "独居，腿脚不便，想请人每周来帮忙做饭、打扫。"),
    ("economic", "cash", ["04"], 5000, "夏天暴雨，家里进水，家具家电都泡坏了。"),
    ("spirit", "manpower", ["06"], None, "失独多年，老伴也走了，想有人常来说说话。"),
    ("medical", "cash", ["02"], 5000, "两个人都有慢性病，还要照顾残疾的儿子。"),
    ("household", "goods", ["01"], 3000, "卧床半年，需要护理床和防褥疮垫。"),
    ("economic", "cash", ["99"], 3000, "女儿失业，外孙跟着我们生活。"),
)
# How far each of the first applications went, in this order.
STAGES = (
    "closed", "closed", "paid", "paid", "over", "noticed", "noticed", "decided", "reviewed", "reviewed", "reviewed",
    "signed", "verified", "applied", "applied", "applied", "returned", "refused", "withdrawn",
)  # fmt: skip
ORDER = ("applied", "verified", "signed", "reviewed", "decided", "noticed", "over", "paid", "closed")


@transaction.atomic
def write_aid(staff: dict[str, User], *, on: dt.date) -> None:
    """This year's fund with applications at every step. In the first weeks of a year there was no time for them: the
    fund stands alone."""
    clerk, head, leader = staff["jingban"], staff["kezhang"], staff["juzhang"]
    bureau = leader.unit
    began = max(dt.date(on.year, 1, 1), on - 50 * DAY)
    fund = FundYear(
        unit=bureau, year=on.year, source="市财政预算", document_no=f"云财社〔{on.year}〕12号", budget=Decimal(60_000),
        opens_on=began, closes_on=min(on + 20 * DAY, dt.date(on.year, 12, 31)),
    )  # fmt: skip
    funds.keep_fund(fund, actor=head)
    funds.adjust_fund(
        fund, amount=Decimal(10_000), on=on - 3 * DAY, document_no=f"云财社〔{on.year}〕47号", reason="追加",
        actor=head, form_key=uuid.uuid4(),
    )  # fmt: skip
    if (on - began).days < 45:
        return
    City(fund, on, clerk, head, [head, leader]).write()


class City:
    """Applications of one fund, laid on the days before `on`."""

    def __init__(self, fund: FundYear, on: dt.date, clerk: User, head: User, table: list[User]):
        self.fund, self.on, self.clerk, self.head, self.table = fund, on, clerk, head, table

    def write(self) -> None:
        cadres = self.cadres()
        rows = [
            (self.apply(place, cadre), stage) for place, (cadre, stage) in enumerate(zip(cadres, STAGES, strict=False))
        ]
        self.of_the_branch()
        self.of_a_family()
        past = {
            stage: [row for row, to in rows if to in ORDER and ORDER.index(to) >= ORDER.index(stage)] for stage in ORDER
        }
        self.look_into(past)
        self.end(rows)
        self.decide(past["decided"])
        first, second = past["over"], [row for row in past["noticed"] if row not in past["over"]]
        self.notice(first, 20)
        notice = self.notice(second, 3)
        if notice and second:
            aid_paying.object_to(
                notice, application=AidApplication.objects.get(pk=second[-1].pk), received_on=self.on - DAY,
                content="有同志反映他家子女收入较高，请核实。", actor=self.clerk, form_key=uuid.uuid4(),
            )  # fmt: skip
        self.pay(past["paid"], past["closed"])

    def cadres(self) -> Iterator[Cadre]:
        """Living people, none of those with an account of their own."""
        taken = PersonAccount.objects.values("person")
        rows = Cadre.objects.living().exclude(pk__in=taken).exclude(pk__in=self.members())
        return rows.select_related("person", "managing_unit").order_by("pk")[20 : 20 + len(STAGES)].iterator()

    def members(self) -> list[int]:
        post = Post.objects.filter(user__username="shuji").first()
        return list(member_ids([post.organisation_id], self.on).values_list("person_id", flat=True)) if post else []

    def apply(self, place: int, cadre: Cadre, *, actor=None, via=AidVia.STAFF, **over) -> AidApplication:
        kind, help_kind, codes, asked, words = CASES[place % len(CASES)]
        facts = aid.AidFacts(**{
            "kind": kind, "help": help_kind, "situations": codes, "statement": words,
            "requested": Decimal(asked) if asked else None, "household": "两口人，子女在外地", "income": "5200",
            "expense": "5900", "medical": str(12_000 + 1500 * place), "housing": "自有住房一套，68 平方米", **over,
        })  # fmt: skip
        return aid.apply(
            facts, cadre=cadre, actor=actor or self.clerk, on=self.on - (45 - place % 5) * DAY, form_key=uuid.uuid4(),
            via=via,
        )  # fmt: skip

    def of_the_branch(self) -> None:
        """One that the secretary entered for a member: his branch goes to see."""
        post = Post.objects.filter(user__username="shuji").select_related("user").first()
        own = PersonAccount.objects.values("person")
        members = Cadre.objects.living().filter(pk__in=self.members()).exclude(pk__in=own)
        cadre = members.select_related("person", "managing_unit").order_by("pk").last()
        if post and cadre:
            self.apply(1, cadre, actor=post.user, via=AidVia.BRANCH)

    def of_a_family(self) -> None:
        dead = Cadre.objects.current().filter(person__life_status="deceased").select_related("person", "managing_unit")
        cadre = dead.order_by("pk").first()
        if cadre:
            self.apply(
                1, cadre, applicant=AidApplicant.SURVIVOR, applicant_name=f"{cadre.person.name[0]}玉珍",
                applicant_relation="妻子", situations=["05"], statement="老伴走后没有收入，自己常年吃药。",
            )  # fmt: skip

    def look_into(self, past: dict[str, list[AidApplication]]) -> None:
        for row in past["verified"]:
            aid_steps.verify(
                row, on=self.on - 38 * DAY, verifiers="周晓岚、社区网格员", visited=True, actor=self.clerk,
                findings="到家看过，情况属实，家里陈设简单，药费单据齐全。",
            )  # fmt: skip
        for row in past["signed"]:
            aid_papers.sign(
                AidApplication.objects.get(pk=row.pk), on=self.on - 33 * DAY, signer="马建国",
                opinion="情况属实，同意上报。", data=PDF, actor=self.clerk,
            )  # fmt: skip
        for row in past["reviewed"]:
            aid_steps.review(
                row, on=self.on - 30 * DAY, proposed=row.requested, opinion="材料齐全，符合条件，建议帮扶。",
                actor=self.clerk,
            )  # fmt: skip

    def end(self, rows: list[tuple[AidApplication, str]]) -> None:
        acts = {
            "returned": (AidAct.RETURN, "缺收入证明，请补上。"), "refused": (AidAct.REFUSE, "家庭收入超过帮扶标准。"),
            "withdrawn": (AidAct.WITHDRAW, "本人说孩子寄了钱，不申请了。"),
        }  # fmt: skip
        for row, stage in rows:
            if stage in acts:
                act, reason = acts[stage]
                aid_steps.end(row, act, on=self.on - 25 * DAY, reason=reason, actor=self.clerk)

    def decide(self, rows: list[AidApplication]) -> None:
        meeting = self.meeting(26, 9)
        for row in rows:
            vote = aid_meeting.Vote("grant", row.requested or Decimal(0))
            aid_meeting.decide(row, meeting, vote, actor=self.head)

    def meeting(self, days: int, number: int) -> AidMeeting:
        facts = aid_meeting.MeetingFacts(
            self.on - days * DAY, f"局务会〔{self.on.year}〕{number}号", self.table, "韩志远、方静"
        )
        return aid_meeting.hold_meeting(self.fund, facts, actor=self.head, form_key=uuid.uuid4())

    def notice(self, rows: list[AidApplication], days: int):
        if not rows:
            return None
        fresh = AidApplication.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
        return aid_paying.start_notice(
            self.fund, fresh, starts_on=self.on - days * DAY, place=PLACE, contact=PHONE, actor=self.clerk, on=self.on,
            form_key=uuid.uuid4(),
        )  # fmt: skip

    def pay(self, paid: list[AidApplication], closed: list[AidApplication]) -> None:
        batch = aid_paying.open_batch(
            self.fund, paid_on=self.on - 5 * DAY, method=PayMethod.CASH, voucher="记-0117", actor=self.clerk,
            form_key=uuid.uuid4(),
        )  # fmt: skip
        for row in paid:
            aid_paying.pay(
                AidApplication.objects.get(pk=row.pk), batch, aid_paying.Pay(row.cadre.person.name), actor=self.clerk
            )
        for row in closed:
            name = row.cadre.person.name
            aid_paying.receive(row, on=self.on - 2 * DAY, receiver=name, relation="", actor=self.clerk)
