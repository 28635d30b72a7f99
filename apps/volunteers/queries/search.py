"""Who is looked for among volunteers, and who stands there to be registered."""

from functools import reduce
from operator import or_

from django.db.models import Q

from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.registry.queries import Asked, read_search
from apps.volunteers.models import Account, ServiceRecord, ServiceRequest, Volunteer

MOST = 20
NOT_FOUND = "没有找到。核对没错的话，请登记新的人。"
NOT_IN_REACH = "您管的老干部里没有这个名字。别的人请用完整的身份证号或手机号找；确实没有的，登记新的人。"


def matching(text: str) -> tuple[Asked, Q | None]:
    """What a typed text asks of volunteers: name, reading, phone, whole number or its last four digits. None for what
    is not understood."""
    search = read_search(text)
    if search.condition is None:
        return search.asked, None
    return search.asked, Q(pk__in=Person.objects.filter(search.condition).order_by().values("pk"))


def find_to_register(text: str, user) -> tuple[Asked, list[Person], str]:
    """(what was asked, people, what to say if there are none): by name among the cadres that the user sees, by a whole
    number anybody. The caller logs it."""
    search = read_search(text)
    if search.condition is None or search.asked is Asked.LAST_FOUR:
        return search.asked, [], "请填姓名、拼音，或完整的身份证号、手机号。"
    rows = Person.objects.filter(search.condition, voided_at__isnull=True).select_related("volunteer")
    if search.asked in (Asked.CITIZEN_ID, Asked.PHONE):
        return search.asked, list(rows.order_by("pk")[:MOST]), NOT_FOUND
    cadres = Cadre.objects.visible_to(user).filter(voided_at__isnull=True).order_by()
    rows = rows.filter(pk__in=cadres.values("pk")).order_by("name_sort_key", "pk")
    return search.asked, list(rows[:MOST]), NOT_IN_REACH


def find_one_of(text: str, user) -> list[Person]:
    """Who of the living is meant by a typed text, some of them: by name or last four digits among the cadres,
    volunteers, holders of time accounts and those helped that the user sees, by a whole number anybody."""
    search = read_search(text)
    if search.condition is None:
        return []
    rows = Person.objects.filter(search.condition, voided_at__isnull=True).exclude(life_status=LifeStatus.DECEASED)
    if search.asked not in (Asked.CITIZEN_ID, Asked.PHONE):
        helped = {"receiver__isnull": False}
        seen = (
            Cadre.objects.visible_to(user).filter(voided_at__isnull=True).order_by().values("pk"),
            Volunteer.objects.visible_to(user).order_by().values("pk"),
            Account.objects.visible_to(user).filter(person__isnull=False).order_by().values("person"),
            ServiceRequest.objects.visible_to(user).filter(**helped).order_by().values("receiver"),
            ServiceRecord.objects.visible_to(user).filter(**helped).order_by().values("receiver"),
        )
        rows = rows.filter(reduce(or_, (Q(pk__in=part) for part in seen)))
    return list(rows.order_by("pk")[:MOST])
