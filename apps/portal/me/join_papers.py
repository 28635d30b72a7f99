"""Papers that somebody has to sign before he studies: those he can sign on the screen, and those that come on paper."""

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.people.acting import Acting
from apps.registry.wording import age_of
from apps.university.choices.statements import SignerRelation, StatementKind
from apps.university.models import ClassGroup
from apps.university.queries.students import paper_rules, signed_of
from apps.university.rules.letters import SAFETY_LETTER
from apps.university.rules.statements import blocking, missing
from apps.university.services.statements import record_statements
from apps.university.services.students import register

# GB/T 4761 → who signs for the family; others are no 直系亲属.
RELATIONS = {
    "10": SignerRelation.SPOUSE, "11": SignerRelation.SPOUSE, "12": SignerRelation.SPOUSE, "20": SignerRelation.CHILD,
    "29": SignerRelation.CHILD, "30": SignerRelation.CHILD, "40": SignerRelation.GRANDCHILD,
    "50": SignerRelation.PARENT,
}  # fmt: skip
ON_SCREEN = (StatementKind.HEALTH, StatementKind.SAFETY)


@dataclass(frozen=True)
class Papers:
    """`asked`: to be signed on the screen now; `on_paper`: to be brought, in words. `family`: his family has to agree,
    and `family_here`: it is they who ask now. `settles`: once `asked` is signed, no paper stands in the way of a place.
    """

    asked: tuple[str, ...] = ()
    on_paper: tuple[str, ...] = ()
    family: bool = False
    family_here: bool = False
    settles: bool = False
    letter: tuple[str, ...] = SAFETY_LETTER


def needed(acting: Acting, group: ClassGroup, on: dt.date) -> Papers:
    """What is still wanting for this class. Two queries. See rule book 9.43."""
    person, strenuous = acting.person, group.course.strenuous
    signed = signed_of([person.pk]).get(person.pk, {})
    rules = paper_rules(group, on)
    age, health = age_of(person, group.first_on), group.needs_health
    lacking = missing(age, strenuous, signed, on, rules, health=health)
    wanted = [kind for kind in ON_SCREEN if kind in lacking]
    family = StatementKind.FAMILY in lacking
    here = family and acting.is_proxy
    if here:
        wanted.append(StatementKind.FAMILY)
    rest = [StatementKind(kind).label for kind in lacking if kind not in wanted]
    settles = bool(wanted) and not blocking([kind for kind in lacking if kind not in wanted], rules, health=health)
    return Papers(tuple(wanted), tuple(rest), family, here, settles)


def lacking_words(acting: Acting, group: ClassGroup, on: dt.date) -> list[str]:
    """All that is still to come, in words, for somebody who is in."""
    papers = needed(acting, group, on)
    return [StatementKind(kind).label for kind in papers.asked] + list(papers.on_paper)


def sign(acting: Acting, group: ClassGroup, papers: Papers, *, actor, on: dt.date, key: uuid.UUID) -> None:
    """He, or his family as who they are, says what stands on the screen: kept like the paper. The same form again
    changes nothing."""
    student = register(acting.person, group.school, on=on, actor=actor)
    relative = acting.grant.relative if acting.grant else None
    record_statements(
        student, group.school, papers.asked, signed_on=on, actor=actor, on=on, form_key=key,
        relation=RELATIONS.get(relative.relation, SignerRelation.OTHER) if relative else SignerRelation.SELF,
        signer=relative.name if relative else "",
    )  # fmt: skip
