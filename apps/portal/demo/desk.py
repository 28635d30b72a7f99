"""What waits at the demo secretary's desk, so that his home shows a week: somebody home from hospital, a birthday."""

import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.branches.models import Post
from apps.branches.queries import member_ids
from apps.common.partial_date import PartialDate
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.choices import LifeEventKind
from apps.registry.services import life

DAY = datetime.timedelta(days=1)
STAYED = (18, 10)  # days ago: into hospital, and home again


@transaction.atomic
def write_desk(staff: dict[str, User], *, on: datetime.date) -> None:
    post = Post.objects.filter(user__username="shuji").select_related("organisation").first()
    if post is None:
        return
    members = Person.objects.filter(
        pk__in=member_ids([post.organisation_id], on), life_status=LifeStatus.LIVING, cadre__isnull=False,
        cadre__health__in_hospital_since=None,
    ).exclude(pk=post.person_id)  # fmt: skip
    people = list(members.order_by("birth_date", "pk")[:2])
    if len(people) < 2:
        return
    patient, celebrated = people
    for kind, days in zip((LifeEventKind.ADMITTED, LifeEventKind.DISCHARGED), STAYED, strict=True):
        told = life.Report(kind, PartialDate.of(on - days * DAY), hospital="市第一人民医院")
        life.record(patient, told, actor=staff["jingban"], today=on)
    day = on + 2 * DAY
    Person.objects.filter(pk=celebrated.pk).update(
        birthday_calendar="solar", birthday_month=day.month, birthday_day=min(day.day, 28), birthday_leap=False,
        birthday_greeting=True,
    )  # fmt: skip
