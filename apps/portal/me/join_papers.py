"""Papers that somebody has to sign before he studies: those he can sign on the screen, and those that come on paper."""

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.people.acting import Acting
from apps.people.models import Person
from apps.university.choices.statements import SignerRelation, StatementKind
from apps.university.models import ClassGroup
from apps.university.queries.statements import lacking_for
from apps.university.services.statements import SignedPaper, sign_many

# GB/T 4761, first digit → who signs for the family.
RELATIONS = {
    "1": SignerRelation.SPOUSE, "2": SignerRelation.CHILD, "3": SignerRelation.CHILD, "4": SignerRelation.GRANDCHILD,
    "5": SignerRelation.PARENT,
}  # fmt: skip
ON_SCREEN = (StatementKind.HEALTH, StatementKind.SAFETY)


@dataclass(frozen=True)
class Papers:
    """`asked`: to be signed on the screen now; `on_paper`: to be brought, in words. `family`: his family has to agree,
    and `family_here`: it is they who ask now."""

    asked: tuple[str, ...] = ()
    on_paper: tuple[str, ...] = ()
    family: bool = False
    family_here: bool = False
