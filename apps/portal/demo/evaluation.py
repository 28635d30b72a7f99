"""The 六好 standard, this year's evaluation half filled by the demo secretary, one branch named; 微党课."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.branches.choices import HonourLevel, ItemNature, Kind, Level
from apps.branches.models import Evaluation, MicroLecture, Organisation, Post, Standard
from apps.branches.services import evaluation_decisions as decisions
from apps.branches.services import evaluations as services
from apps.branches.services.evaluations import Given, ItemFacts

NAME = "六好离退休干部党支部"
BRANCHES = 30
ITEMS = (
    ("组织设置好", "按规定设置党支部，隶属关系清楚，党员人数不超过五十人", 8),
    ("组织设置好", "有活动场所、有标识、有制度上墙", 6),
    ("班子建设好", "支委会健全，分工明确，按期换届", 10),
    ("班子建设好", "书记每年参加一次培训，带头讲党课", 8),
    ("党员队伍好", "党员花名册、流动党员登记清楚，组织关系随人走", 8),
    ("党员队伍好", "年老体弱的党员有人联系、有人送学", 10),
    ("学习活动好", "每月开展主题党日，内容有记录", 12),
    ("学习活动好", "集中学习和分散学习结合，参加不了的有安排", 8),
    ("作用发挥好", "有党员志愿服务、关心下一代等作用发挥的载体", 10),
    ("作用发挥好", "有自己的党建品牌", 5),
    ("制度坚持好", "三会一课、组织生活会、民主评议按要求开", 10),
    ("制度坚持好", "党费收缴有台账、有公布", 5),
)
BONUS = ("制度坚持好", "受到县级以上党组织表彰", 5)


@transaction.atomic
def write_evaluations(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a standard stands already."""
    if Standard.objects.exists():
        return
    head = staff["kezhang"]
    own = Post.objects.filter(user__username="shuji").select_related("organisation", "user").first()
    items = [ItemFacts(section, text, Decimal(points)) for section, text, points in ITEMS]
    items.append(ItemFacts(*BONUS[:2], Decimal(BONUS[2]), ItemNature.BONUS))
    standard = services.keep_standard(
        Standard(name=NAME, subject="branch", year_from=on.year - 1, document_no=f"云老干〔{on.year - 1}〕7号"),
        items, actor=head,
    )  # fmt: skip
    branches = list(
        Organisation.objects.filter(
            level=Level.BRANCH, kind=Kind.FORMAL, dissolved_on__isnull=True, voided_at__isnull=True
        ).order_by("path")[:BRANCHES]
    )
    ids = [branch.pk for branch in branches] + ([own.organisation_id] if own else [])
    due_on = on + dt.timedelta(12)
    services.open_evaluations(standard, year=on.year, due_on=due_on, actor=head, organisation_ids=ids)
    if own:
        _half_filled(own, standard, on)
    other = next((branch for branch in branches if own is None or branch.pk != own.organisation_id), None)
    if other:
        _named(Evaluation.objects.get(standard=standard, organisation=other, year=on.year), head, on)


def _fill(evaluation: Evaluation, sections, user: User, *, by_staff: bool) -> None:
    for section in sections:
        lines = list(services.lines_of_section(evaluation, section))
        given = {
            line.item_id: Given(max(line.item.points - line.item.number % 3, Decimal(1)), "按要求做了，台账齐全。")
            for line in lines
            if line.item.nature == ItemNature.NORMAL
        }
        services.save_part(
            evaluation, section, given, seen=services.seen_of(lines), actor=user, by_staff=by_staff
        )  # fmt: skip


def _half_filled(own: Post, standard: Standard, on: dt.date) -> None:
    evaluation = Evaluation.objects.get(standard=standard, organisation=own.organisation, year=on.year)
    _fill(evaluation, ("组织设置好", "班子建设好", "党员队伍好"), own.user, by_staff=False)
    for title, days, summary in (
        ("一本入党志愿书的故事", 20, "讲自己入党的经过，十分钟。"),
        ("社区里的老党员", 75, "讲老党员包楼栋、劝和邻里的几件事。"),
    ):
        MicroLecture.objects.create(
            organisation=own.organisation, title=title, speaker=own.person.name, held_on=on - dt.timedelta(days),
            summary=summary, entered_by=own.user,
        )  # fmt: skip


def _named(evaluation: Evaluation, head: User, on: dt.date) -> None:
    _fill(evaluation, dict.fromkeys(section for section, _, _ in ITEMS), head, by_staff=True)
    services.save_story(
        evaluation, "支部每月二十五日开展主题党日，老党员轮流讲微党课；给行动不便的党员送学上门。",
        seen=Evaluation.objects.get(pk=evaluation.pk).version, actor=head, by_staff=True,
    )  # fmt: skip
    services.submit(evaluation, on=on - dt.timedelta(30), actor=head, by_staff=True)
    lines = list(evaluation.lines.select_related("item"))
    checked = {line.item_id: decisions.Checked(line.self_points) for line in lines if line.self_points is not None}
    decisions.verify(
        evaluation, checked,
        decisions.Visit(
            verified_on=on - dt.timedelta(14), verifiers="许文博、周晓岚", heard=True, inspected=True, visited=True,
            talked=True, opinion="组织生活正常，送学有记录。",
        ),
        seen=services.seen_of(lines), actor=head,
    )  # fmt: skip
    naming = decisions.Naming(
        level=HonourLevel.CITY, decided_on=on - dt.timedelta(5), plaque_no=f"云六好{on.year}-001",
        document_no=f"云老干〔{on.year}〕15号",
    )  # fmt: skip
    decisions.name(evaluation, naming, actor=head)
    decisions.reward(
        evaluation, amount=Decimal(3000), on=on - dt.timedelta(2), purpose="添置学习用书和音响", actor=head
    )  # fmt: skip
