"""How somebody is addressed in a message: as a cadre, or as any other old person (domain 0, "Words on screens")."""

from apps.people.models import Person

from .models import Cadre
from .wording import called


def address_of(person_id: int) -> str:
    """李德厚同志 for whom the registry of cadres knows, 王兰老师 for anybody else."""
    name = Person.objects.values_list("name", flat=True).get(pk=person_id)
    return called(name, is_cadre=Cadre.objects.filter(pk=person_id, voided_at__isnull=True).exists())
