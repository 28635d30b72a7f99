"""谁看过我: who looked at somebody's data in the last ninety days, day by day, in plain words (rule book 8.55).

Those whom the bureau introduces to him anyhow (his carers, the secretary of his branch) stand with their names; others
with their office and post only. His family stands by name to himself; to a proxy only what the proxy did himself.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import RoleGrant, User
from apps.accounts.roles import ROLES
from apps.branches.choices import PostKind
from apps.branches.models import Membership, Post
from apps.common.models import AuditEntry
from apps.common.together import read_together
from apps.ledgers.models import CareAssignment
from apps.people.models import Person, PersonAccount, ProxyGrant
from apps.reports.audit import looks_at

DAYS = 90
MOST_DAYS = 31
WORDS = {
    "open": "工作中打开了您的资料页",
    "see_contact": "为联系您，看了电话和住址",
    "reveal": "看了完整的号码或地址",
    "print": "打印了有您的名单或表",
    "paper.print": "打印了要给您办的表",
    "export": "导出了有您的名单",
    "download": "下载了和您有关的文件",
    "see_promises": "看了答应您的事",
    "see_health": "看了健康情况",
    "see_looks": "看了这一页",
}
STAFF = "工作人员"


@dataclass(frozen=True)
class Line:
    """One reader's doing on a day; `times` where it was more than once; `purpose` as he wrote it."""

    who: str
    what: str
    times: int = 1
    purpose: str = ""


@dataclass(frozen=True)
class Day:
    on: dt.date
    lines: tuple[Line, ...]


def looks_of(person: Person, now: dt.datetime, *, reader: User, is_proxy: bool = False, whom: str = "您") -> list[Day]:
    """Days with looks, the newest first, at most a month of them; the reader's own looks and the person's left out. A
    fixed number of statements. See rule book 8.55."""
    entries = [entry for entry in looks_at(person.pk, now - dt.timedelta(days=DAYS)) if entry.action in WORDS]
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    known = _known(person, actors, timezone.localdate(now))
    left_out = {reader.pk, *known.own, *(known.family if is_proxy else ())}
    counts: Counter[tuple] = Counter()
    for entry in entries:
        if entry.actor_id in known.users and entry.actor_id not in left_out:
            what = WORDS[entry.action].replace("您", whom)
            counts[timezone.localdate(entry.at), known.who(entry.actor_id), what, _purpose(entry)] += 1
    days: dict[dt.date, list[Line]] = {}
    for (day, who, what, purpose), times in counts.items():
        days.setdefault(day, []).append(Line(who, what, times, purpose))
    return [Day(day, tuple(lines)) for day, lines in list(days.items())[:MOST_DAYS]]


def _purpose(entry: AuditEntry) -> str:
    """Why, as the reader wrote it, where he wrote it about nobody else."""
    return entry.reason if entry.action == "reveal" and entry.subject_count == 1 else ""


@dataclass(frozen=True)
class _Known:
    """Accounts by id; which are the person's own, his family's, and introduced to him by name."""

    users: dict[int, User]
    own: frozenset[int]
    family: dict[int, str]
    introduced: frozenset[int]
    roles: dict[int, str]

    def who(self, user_id: int) -> str:
        user = self.users[user_id]
        if user_id in self.family:
            return self.family[user_id]
        office = user.unit.short_name or user.unit.name if user.unit_id else ""
        post = user.post or self.roles.get(user_id, STAFF)
        return f"{user.display_name}（{post}）" if user_id in self.introduced else f"{office}{post}"


def _known(person: Person, actors: set[int], on: dt.date) -> _Known:
    branches = Membership.objects.current(on).filter(person=person).values("organisation")
    posts = Post.objects.current(on).filter(organisation__in=branches, kind=PostKind.SECRETARY, user__isnull=False)
    rows = read_together(
        {
            "users": User.objects.filter(pk__in=actors).select_related("unit"),
            "own": PersonAccount.objects.filter(person=person, is_proxy=False).values_list("user_id", flat=True),
            "family": ProxyGrant.objects.filter(person=person, user__in=actors).values_list(
                "user_id", "relative__name", "relative__relation_note"
            ),
            "carers": CareAssignment.objects.open().filter(cadre=person.pk).values_list("carer_id", flat=True),
            "posts": posts.order_by().values_list("user_id", flat=True),
            "roles": _roles(actors, on),
        }
    )
    return _Known(
        users={user.pk: user for user in rows["users"]},
        own=frozenset(rows["own"]),
        family={user: f"{name}（{note or '家人'}）" for user, name, note in rows["family"]},
        introduced=frozenset([*rows["carers"], *rows["posts"]]),
        roles={user: ROLES[role].label for user, role in rows["roles"] if role in ROLES},
    )


def _roles(actors: set[int], on: dt.date):
    return RoleGrant.objects.current(on).filter(user__in=actors).order_by("pk").values_list("user_id", "role")
