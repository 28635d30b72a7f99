"""Of whom a request is: which unit answers for him."""

from apps.common.errors import BusinessError
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.volunteers.models import Volunteer


def unit_of(person: Person) -> Unit:
    """The unit that manages him as a cadre, that registered him as a volunteer, or that manages somebody of his home;
    else the bureau. Raises BusinessError where there is none at all."""
    cadres = Cadre.objects.filter(voided_at__isnull=True).select_related("managing_unit")
    own = cadres.filter(person=person).first()
    if own is not None:
        return own.managing_unit
    volunteer = Volunteer.objects.filter(person=person).select_related("unit").first()
    if volunteer is not None:
        return volunteer.unit
    kin = cadres.filter(person__household=person.household_id).first() if person.household_id else None
    unit = kin.managing_unit if kin else Unit.objects.open().order_by("path").first()
    if unit is None:
        raise BusinessError("还没有登记受理的单位，请打电话给老干部局。", code="unit")
    return unit
