"""Old people who are no cadres: volunteers, the homes of cadres (遗属), others whom somebody once entered."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.registry.queries import Asked, read_search
from apps.volunteers.models import Volunteer

MOST = 20
WHAT_TO_TYPE = "请填姓名、拼音，或完整的身份证号、手机号。"
NOT_FOUND = "没有找到。核对没错的话，请登记新的人。"
NOT_IN_REACH = "您登记的志愿者和您管的老干部家里没有这个名字。别的人请用完整的号码找；确实没有的，登记新的人。"
# Whom staff may still pick: alive, not voided, in no register of cadres.
GONE = (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED)


def elders() -> QuerySet[Person]:
    """Everybody who lives and is no cadre."""
    cadre = Cadre.objects.filter(person=OuterRef("pk"), voided_at__isnull=True)
    return Person.objects.filter(~Exists(cadre), voided_at__isnull=True).exclude(life_status__in=GONE)


def elders_in_reach(user) -> QuerySet[Person]:
    """Of these: volunteers whom the user sees, and the homes of cadres whom he sees, living or dead."""
    volunteers = Volunteer.objects.visible_to(user).current().order_by().values("pk")
    homes = Cadre.objects.visible_to(user).filter(voided_at__isnull=True, person__household__isnull=False)
    return elders().filter(Q(pk__in=volunteers) | Q(household__in=homes.order_by().values("person__household")))


def find_elder(text: str, user) -> tuple[Asked, list[Person], str]:
    """(what was asked, people, what to say if there are none): by name in the user's reach, by a whole number anybody
    who is no cadre. The caller logs it."""
    search = read_search(text)
    if search.condition is None or search.asked is Asked.LAST_FOUR:
        return search.asked, [], WHAT_TO_TYPE
    is_number = search.asked in (Asked.CITIZEN_ID, Asked.PHONE)
    rows = elders() if is_number else elders_in_reach(user)
    found = rows.filter(search.condition).select_related("community").order_by("name_sort_key", "pk")
    return search.asked, list(found[:MOST]), NOT_FOUND if is_number else NOT_IN_REACH


def is_elder(person_id: int) -> bool:
    return not Cadre.objects.filter(pk=person_id, voided_at__isnull=True).exists()


def unit_for(person: Person, reach: set[int]) -> Unit | None:
    """The unit that a record of somebody who is no cadre falls to, of those in `reach`: which registered him as a
    volunteer, which manages a cadre of his home, else the widest; None without any."""
    rows = Unit.objects.open().filter(pk__in=reach)
    volunteer = Volunteer.objects.filter(pk=person.pk).values("unit")
    kin = Cadre.objects.filter(voided_at__isnull=True, person__household=person.household_id).values("managing_unit")
    own = rows.filter(pk__in=volunteer).first()
    if own is None and person.household_id is not None:
        own = rows.filter(pk__in=kin).order_by("path").first()
    return own or rows.order_by("path").first()
