"""Members of one organisation as people, for forms."""

import datetime as dt

from django.db.models import QuerySet

from apps.branches.models import Membership, Organisation
from apps.people.models import Person


def formal_members(organisation: Organisation, on: dt.date) -> QuerySet[Person]:
    """Those whose formal relation is here on a day, in 姓氏笔画 order."""
    links = Membership.objects.current(on).filter(organisation=organisation, link="formal")
    return Person.objects.filter(pk__in=links.values("person")).order_by("name_stroke_key", "pk")
