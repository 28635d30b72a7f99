"""Who looked at somebody's data in the last ninety days, for himself: which day, who, what."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import User
from apps.people.models import Person, PersonAccount
from apps.reports.audit import looks_at

DAYS = 90
MOST = 60
WORDS = {"open": "打开了您的资料页", "see_contact": "看了电话和住址", "reveal": "看了完整号码",
         "print": "打印了有您的名单或表", "export": "导出了有您的名单", "download": "下载了文件",
         "see_promises": "看了给您的承诺", "see_health": "看了健康情况"}  # fmt: skip


@dataclass(frozen=True)
class Look:
    on: dt.date
    who: str
    what: str


def looks_of(person: Person, now: dt.datetime) -> list[Look]:
    """Each day's look of each person once, the newest first; his own looks left out. A few queries."""
    entries = [entry for entry in looks_at(person.pk, now - dt.timedelta(days=DAYS)) if entry.action in WORDS]
    own = set(PersonAccount.objects.filter(person=person, is_proxy=False).values_list("user_id", flat=True))
    users = User.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id and entry.actor_id not in own})
    looks = [
        Look(
            timezone.localdate(entry.at),
            _who(users[entry.actor_id]),
            WORDS[entry.action],
        )
        for entry in entries
        if entry.actor_id in users
    ]
    return list(dict.fromkeys(looks))[:MOST]


def _who(user: User) -> str:
    return f"{user.display_name}（{user.post}）" if user.post else user.display_name
