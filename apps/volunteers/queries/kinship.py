"""Who is verified kin of whom, seen from either side."""

from django.db.models import Q

from apps.common.code_lists import names_of
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.volunteers.models import Kinship
from apps.volunteers.rules.bank import seen_from_the_other


def relatives_of(person_id: int) -> list[tuple[Person, str]]:
    """(person, 母亲 李秀英 as words) of his verified relatives who live, as they are to him. One query."""
    rows = Kinship.objects.current().filter(Q(person=person_id) | Q(kin=person_id))
    names, found = names_of("relation"), []
    for row in rows.select_related("person", "kin").order_by("pk"):
        own = row.person_id == person_id
        other, code = (row.kin, row.relation) if own else (row.person, seen_from_the_other(row.relation))
        if other.life_status != LifeStatus.DECEASED and other.voided_at is None:
            found.append((other, f"{other.name}（{relation_word(code, other.sex, names)}）"))
    return found


WORDS = {
    ("10", "1"): "丈夫", ("10", "2"): "妻子", ("50", "1"): "父亲", ("50", "2"): "母亲", ("20", "2"): "女儿",
    ("20", "1"): "儿子",
}  # fmt: skip


def relation_word(code: str, sex: str, names: dict[str, str]) -> str:
    """母亲 where the list says 父母: sex is known."""
    code = {"11": "10", "12": "10", "30": "20", "29": "20"}.get(code, code)
    return WORDS.get((code, sex), names.get(code, "亲属"))
