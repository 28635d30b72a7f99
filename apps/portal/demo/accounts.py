"""Accounts of the demo city: one for each role, and carers; all with the same published password."""

import datetime

from django.db import transaction

from apps.accounts.models import RoleGrant, User
from apps.accounts.roles import ROLES
from apps.branches.models import Membership, Post
from apps.organisation.models import Unit
from apps.people.models import PersonAccount

# Published on purpose: the demo holds invented people only, and production never runs this.
DEMO_PASSWORD = "Yunjiang-2026"  # noqa: S105
SINCE = datetime.date(2024, 1, 1)
STAFF = (
    ("jingban", "周晓岚", "服务科科员", "clerk"),
    ("kezhang", "许文博", "服务科科长", "section_head"),
    ("juzhang", "孙立群", "副局长", "leader"),
    ("lianluo", "何雅琴", "市教育局人事科", "liaison"),
    ("xitong", "罗志远", "信息中心", "system_admin"),
    ("anquan", "唐静", "机要科", "security_admin"),
    ("shenji", "冯远", "机关纪委", "auditor"),
    ("daxue", "叶秋云", "老年大学教务", "university_clerk"),
    ("zhiyuan", "谭建平", "红耆志愿服务队队长", "team_leader"),
)
# Roles that come from a post or from a person's own account, not from a grant.
OTHERS = (("shuji", "secretary"), ("laotongzhi", "retiree"), ("jiashu", "proxy"))
CARERS = ("赵一鸣", "钱思琪", "林子轩", "郑欣怡", "梁浩然", "宋佳音", "邓宇航", "韩雨桐")


@transaction.atomic
def write_staff(units: dict[str, Unit]) -> dict[str, User]:
    """One account for each role and some carers."""
    users = {}
    for username, name, post, role in STAFF:
        unit = units["YJ007"] if role == "liaison" else units["YJ"]
        users[username] = _staff(username, name, post, role, unit)
    for number, name in enumerate(CARERS, 1):
        users[f"fuwu{number}"] = _staff(f"fuwu{number}", name, "服务科科员", "clerk", units["YJ"])
    return users


@transaction.atomic
def write_others() -> None:
    """A branch secretary by a current post, a retiree with his own account, and a family member (`demo.family`)."""
    first = Membership.objects.select_related("person", "organisation").filter(link="formal").order_by("pk")[:2]
    if len(first) < 2 or User.objects.filter(username="shuji").exists():
        return
    secretary, retiree = first
    Post.objects.create(
        organisation=secretary.organisation, person=secretary.person, kind="secretary", starts_on=SINCE,
        user=_account("shuji", secretary.person.name),
    )  # fmt: skip
    own = _account("laotongzhi", retiree.person.name)
    _account("jiashu", f"{retiree.person.name}的家属")
    PersonAccount.objects.create(user=own, person=retiree.person, starts_on=SINCE)


def _account(username: str, name: str) -> User:
    return User.objects.create_user(username, DEMO_PASSWORD, display_name=name)


def _staff(username: str, name: str, post: str, role: str, unit: Unit) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(
            username, DEMO_PASSWORD, display_name=name, post=post, unit=unit, is_staff=ROLES[role].staff,
            email=f"{username}@yunjiang.example",
        )  # fmt: skip
        RoleGrant.objects.create(user=user, role=role, unit=unit, starts_on=SINCE, reason="演示账号")
    return user
