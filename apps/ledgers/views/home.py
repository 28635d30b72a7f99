"""The home of a desk: three large buttons, what is to be done these days, and the way to the other tables."""

from django.views.decorators.http import require_safe

from apps.branches.access import desk_organisation_ids, people_at
from apps.branches.choices import Link, PostKind
from apps.branches.desk import address, at_desk, entries, show
from apps.branches.due import due_at_desk
from apps.branches.models import Membership
from apps.common.names import surname_of
from apps.people.choices import LifeStatus

# What an evening can hold stands open; the rest is one tap away.
FIRST_LINES, MOST_LINES = 8, 40
MAIN = (
    ("记会议", "branches:meeting_new", "form", "按上次的样子，改一改就行"),
    ("看党员", "ledgers:members", "people", "电话、生日、最近情况"),
    ("报情况", "ledgers:report", "alert", "住院、搬家、有困难、其他"),
)


@require_safe
@at_desk
def desk_home(request, desk):
    lines = due_at_desk(desk)
    context = {
        "greeting": greeting(desk),
        "counts": counts(desk),
        "main": [(label, url, icon, text) for label, name, icon, text in MAIN if (url := address(desk, name))],
        "lines": lines[:FIRST_LINES],
        "later": lines[FIRST_LINES:MOST_LINES],
        "more": max(len(lines) - MOST_LINES, 0),
        "entries": entries(desk),
    }
    return show(request, desk, "desk/home/home.html", context)


def greeting(desk) -> str:
    if desk.by_staff:
        return "替支部登记"
    title = "书记" if desk.post.kind in (PostKind.SECRETARY, PostKind.DEPUTY) else "委员"
    name = desk.post.person.name
    return f"{name if '·' in name else surname_of(name)}{title}，您好"


def counts(desk) -> list[str]:
    """How many members, and the fixed day, in words."""
    members = people_at(desk).filter(life_status=LifeStatus.LIVING).count()
    linked = Membership.objects.current(desk.today).filter(organisation__in=desk_organisation_ids(desk))
    elsewhere = linked.exclude(link=Link.FORMAL).values("person_id").distinct().count()
    words = [f"{members} 名党员" + (f"（其中 {elsewhere} 名组织关系在别处）" if elsewhere else "")]
    if desk.organisation.party_day:
        words.append(f"每月主题党日定在 {desk.organisation.party_day} 日")
    return words
